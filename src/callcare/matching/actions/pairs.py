"""What is done about pairs: set one aside, bring it back, note that a giver was asked."""

from datetime import timedelta

from django.db import connection

from callcare.accounts.models import User
from callcare.catalogue.enums import ReasonUse
from callcare.catalogue.models import Reason
from callcare.commitments.models import Commitment, CommitmentLine
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.directory.models import Organisation
from callcare.matching.enums import MatchingVerb
from callcare.matching.models import Dismissal, GoneLine, Solicitation, Suggestion
from callcare.needs.models import Need, NeedLine

_GIVER = "commitment_line__commitment__organisation"  # of a pair the round raised


def dismiss(
    need_line: NeedLine,
    *,
    by: User | None,
    commitment_line: CommitmentLine | None = None,
    giver: Organisation | None = None,
    reason: Reason | None = None,
    because: str = "",
) -> Dismissal:
    """Never propose this line, or this giver, for that need again.

    For good when the reason is final (or none is given); otherwise until one of the two lines changes.
    Dismissing again what is already dismissed renews it. Raises Refused for a reason of another use.
    """
    if (commitment_line is None) == (giver is None):
        raise ValueError("a dismissal is of a commitment line or of a giver")
    if reason and ReasonUse.DISMISS not in reason.used_for and ReasonUse.DECLINE not in reason.used_for:
        raise Refused("Ce motif ne sert pas à écarter une piste.")
    with deed(MatchingVerb.DISMISSED, by=by, because=because or (reason.label if reason else "")):
        need_line.refresh_from_db(fields=["revision"])
        if commitment_line:
            commitment_line.refresh_from_db(fields=["revision"])
        facts = {
            "desk_id": need_line.desk_id,
            "reason": reason,
            "is_final": reason.is_final if reason else True,
            "need_revision": need_line.revision,
            "commitment_revision": commitment_line.revision if commitment_line else None,
            "by": by,
            "at": clock.now(),
        }
        dismissal, _ = Dismissal.objects.update_or_create(
            need_line=need_line, commitment_line=commitment_line, giver=giver, defaults=facts
        )
        offers = {"commitment_line": commitment_line} if commitment_line else {_GIVER: giver}
        Suggestion.objects.filter(need_line=need_line, is_current=True, **offers).update(is_current=False)
    return dismissal


def restore(dismissal: Dismissal, *, by: User | None, because: str) -> None:
    """Let the pair be proposed again, for a reason that stays in the history."""
    with deed(MatchingVerb.RESTORED, by=by, because=because):
        dismissal.delete()


def note_solicitation(
    *, need: Need, giver: Organisation, by: User | None, commitment: Commitment | None = None
) -> Solicitation:
    """Somebody asks this giver for that need: she counts as solicited for thirty days, and the pair as live.

    Called by the deeds of the floors above, inside them. Refused while the pair is already live.
    """
    with deed(MatchingVerb.SOLICITED, by=by):
        raised = Suggestion.objects.filter(need_line__need=need, is_current=True, **{_GIVER: giver})
        raised.update(is_current=False)
        return Solicitation.objects.create(
            desk_id=need.desk_id, need=need, giver=giver, commitment=commitment, at=clock.now()
        )


def close_solicitation(*, need: Need, giver: Organisation, by: User | None) -> None:
    """The asking is over, however it ended. Does nothing where none is live."""
    with deed(MatchingVerb.SOLICITATION_CLOSED, by=by):
        for live in Solicitation.objects.live().filter(need=need, giver=giver):
            live.closed_at = clock.now()
            live.save(update_fields=["closed_at"])


def reopen_solicitation(*, need: Need, giver: Organisation, by: User | None) -> None:
    """Taken up again: the last asking of the pair is live once more, and does not count twice."""
    with deed(MatchingVerb.SOLICITATION_REOPENED, by=by):
        last = Solicitation.objects.filter(need=need, giver=giver).order_by("-at", "-pk").first()
        if last and last.closed_at:
            last.closed_at = None
            last.save(update_fields=["closed_at"])


def sweep_gone() -> int:
    """Forget the lines that left more than two days ago: every copy in memory has looked since, or begins again."""
    return GoneLine.objects.filter(at__lt=clock.now() - timedelta(2)).delete()[0]


def rebuild() -> int:
    """Compute the engine's two tables again from the lines; returns how many rows they hold.

    They are kept true by triggers: this is for the nightly check and after a restore. No tracked row changes.
    """
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM matching_offered")
        cursor.execute("DELETE FROM matching_wanted")
        cursor.execute("SELECT matching_offer(array_agg(id)) FROM commitments_commitmentline HAVING count(*) > 0")
        cursor.execute("SELECT matching_want(array_agg(id)) FROM needs_needline HAVING count(*) > 0")
        cursor.execute("SELECT (SELECT count(*) FROM matching_offered) + (SELECT count(*) FROM matching_wanted)")
        return int(cursor.fetchone()[0])
