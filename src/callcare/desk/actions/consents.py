"""A person's yes, and her no: noted where she says it."""

from datetime import datetime

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk.enums import Basis, DeskVerb, Reach
from callcare.desk.models import Case, Consent, Desk, Interaction
from callcare.desk.permissions import keeps
from callcare.desk.rules import wordings
from callcare.directory.models import Person


def record_consent(
    *,
    desk: Desk,
    person: Person,
    by: User | None,
    gives_name: bool = True,
    gives_phone: bool = False,
    gives_email: bool = False,
    basis: Basis = Basis.ORAL,
    reach: Reach = Reach.CASE,
    case: Case | None = None,
    interaction: Interaction | None = None,
    valid_until: datetime | None = None,
) -> Consent:
    """Note what a person allows to be passed on. With `case`, it becomes that case's consent.

    Refused for another desk's operator, for a person who asked not to be contacted, or when nothing is allowed.
    """
    with deed(DeskVerb.CONSENT_GIVEN, by=by):
        if not keeps(by, desk):
            raise Refused("Cet accord n’est pas de votre guichet.")
        if person.do_not_contact:
            raise Refused(f"{person} a demandé à ne pas être sollicité.")
        consent = Consent.objects.create(
            desk=desk,
            person=person,
            gives_name=gives_name,
            gives_phone=gives_phone,
            gives_email=gives_email,
            basis=basis,
            reach=reach,
            wording_version=wordings.CURRENT,
            interaction=interaction,
            recorded_by=by,
            given_at=clock.now(),
            valid_until=valid_until,
        )
        if case is not None:
            type(case)._default_manager.filter(pk=case.pk).update(consent=consent)  # noqa: SLF001  # Django's own door
            case.consent = consent
        return consent


def withdraw_consent(consent: Consent, *, by: User | None, because: str = "") -> None:
    """Stop every future use at once. What was already passed on was seen: we do not pretend otherwise."""
    with deed(DeskVerb.CONSENT_WITHDRAWN, by=by, because=because):
        if not keeps(by, consent.desk):
            raise Refused("Cet accord n’est pas de votre guichet.")
        at = clock.now()
        if not Consent.objects.filter(pk=consent.pk, withdrawn_at=None).update(withdrawn_at=at):
            raise Refused("Cet accord est déjà retiré.")
        consent.withdrawn_at = at
