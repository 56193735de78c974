"""« C’est moi »: the provider does not say who answered, so the one who did says it herself."""

from typing import Any

from callcare.accounts.models import User
from callcare.calls.actions.folding import FRESH, tell
from callcare.calls.enums import CallVerb
from callcare.calls.models import Call
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk.models import Draft, Interaction
from callcare.desk.permissions import keeps

NOT_ANSWERED = "Personne n’a encore décroché cet appel."


def take_call(interaction: Interaction, *, by: User) -> None:
    """She speaks with this caller: the contact is hers. Of two who say so at once, the second is told by whom it is.

    The rows are locked in the order the fold takes them, so that neither waits for the other.
    """
    with deed(CallVerb.TAKEN, by=by, interaction=interaction.pk):
        if not keeps(by, interaction.desk):
            raise Refused("Cet appel n’est pas de votre guichet.")
        rows = Call.objects.filter(interaction=interaction).select_related("operator")
        calls = list(rows.order_by("trunk", "call_id").select_for_update(of=("self",)))
        answered = [call for call in calls if call.answered_at]
        if not answered:
            raise Refused(NOT_ANSWERED)
        call = max(answered, key=lambda one: (one.answered_at or one.started_at, one.pk))
        if call.operator_id == by.pk:
            return
        if call.operator is not None:
            raise Refused(f"{call.operator} a déjà pris cet appel.")
        call.operator, call.version = by, call.version + 1
        call.save(update_fields=["operator", "version"])
        Interaction.objects.filter(pk=interaction.pk, operator=None).update(operator=by)
        Draft.objects.filter(interaction=interaction, saved_by=None).update(saved_by=by)
        tell([call])


def tell_anew(sender: Any, interaction: Interaction, **about: Any) -> None:
    """The contact of a call has got another name: the screens that show the call are told, in the same deed."""
    fresh = Call.objects.filter(interaction=interaction, started_at__gt=clock.now() - FRESH)
    calls = list(fresh.order_by("trunk", "call_id").select_for_update(of=("self",)))
    for call in calls:
        call.version += 1
    Call.objects.bulk_update(calls, ["version"])
    tell(calls)
