"""How an introduction goes on, and how it ends."""

from typing import Any

from callcare.accounts.models import User
from callcare.catalogue.enums import ReasonUse
from callcare.catalogue.models import Reason
from callcare.commitments.models import Commitment
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk.actions import overtake_reminders
from callcare.desk.actions.following import hold_still
from callcare.desk.calendar import after_open_days
from callcare.introductions.enums import IntroductionState, IntroductionVerb, Side
from callcare.introductions.models import Introduction
from callcare.introductions.permissions import may_keep, may_tell
from callcare.matching.actions import close_solicitation, dismiss, reopen_solicitation
from callcare.needs.models import Need

S = IntroductionState
NEWS_AFTER = 5  # open days without news, both are called


def take_up(introduction: Introduction, *, by: User | None, because: str = "") -> None:
    """The two have spoken: the introduction is under way. The desk says it, or a partner of either side."""
    with deed(IntroductionVerb.TAKEN_UP, by=by, because=because):
        if not may_tell(by, introduction):
            raise Refused("Cette mise en relation n’est pas de votre guichet.")
        if introduction.state != S.SENT:  # one that is closed is taken up again by `reopen`, with a reason
            raise Refused("Cette mise en relation n’attend pas de premier contact. Rechargez la page.")
        hold_still(introduction.need, introduction.commitment, introduction)
        _go_on(introduction)


def succeed(introduction: Introduction, *, by: User | None, because: str = "") -> None:
    """It led to help. Quantities and people are counted on their own pages."""
    _end(introduction, S.SUCCEEDED, by=by, because=because)


def no_help(introduction: Introduction, *, by: User | None, because: str) -> None:
    """They spoke, and nothing came of it."""
    _end(introduction, S.NO_HELP, by=by, because=_said(because))


def unreachable(introduction: Introduction, *, by: User | None, because: str = "") -> None:
    """One of the two could not be reached."""
    _end(introduction, S.UNREACHABLE, by=by, because=because)


def expire(introduction: Introduction, *, by: User | None = None, because: str = "") -> None:
    """Too late to be of use to anybody."""
    _end(introduction, S.EXPIRED, by=by, because=because, verb=IntroductionVerb.EXPIRED)


def cancel(introduction: Introduction, *, by: User | None, because: str, reason: Reason | None = None) -> None:
    """The desk takes the proposal back, and says why."""
    _end(introduction, S.CANCELLED, by=by, because=_said(because), verb=IntroductionVerb.CANCELLED, reason=reason)


def decline(introduction: Introduction, *, side: str, reason: Reason, by: User | None, because: str = "") -> None:
    """One side says no. The pair is not proposed again, unless the reason is « plus tard »."""
    with deed(IntroductionVerb.DECLINED, by=by, because=because or reason.label):
        if ReasonUse.DECLINE not in reason.used_for:
            raise Refused("Choisissez un motif de la liste.")
        _end(
            introduction,
            S.DECLINED,
            by=by,
            because=because or reason.label,
            verb=IntroductionVerb.DECLINED,
            declined_by=Side(side),
            reason=reason,
        )
        _dismiss(introduction, reason=reason, by=by)


def reopen(introduction: Introduction, *, by: User | None, because: str) -> None:
    """Take up again what was closed after the reveal: their details were passed on, they can still help each other."""
    with deed(IntroductionVerb.REOPENED, by=by, because=_said(because)):
        _must_keep(by, introduction)
        if introduction.sent_at is None:
            raise Refused("Rien n’avait été transmis : proposez une nouvelle mise en relation.")
        hold_still(introduction.need, introduction.commitment, introduction)
        _go_on(introduction, closed_at=None, owner=introduction.owner or by)
        reopen_solicitation(need=introduction.need, giver=introduction.giver, by=by)


def follow_need(sender: object, *, need: Need, by: User | None, **facts: Any) -> None:
    """A need is closed: what was only proposed is taken back; those already in contact go on.

    A duplicate with live introductions stays open: one moves on from the better of the two.
    """
    live = Introduction.objects.live().filter(need_id=need.pk).select_related("need", "giver", "desk")
    if need.duplicate_of_id and live.exists():
        raise Refused("Des mises en relation sont en cours sur ce besoin : gardez-le, et fermez l’autre.")
    for introduction in live.filter(state=S.PROPOSED):
        cancel(introduction, by=by, because="Le besoin est clos.")


def follow_commitment(sender: object, *, commitment: Commitment, by: User | None, **facts: Any) -> None:
    """An offer is about to be closed: what was only proposed from it is taken back, also by other desks."""
    live = Introduction.objects.live().filter(commitment=commitment, state=S.PROPOSED)
    proposed = list(live.select_related("need", "giver", "desk", "commitment").order_by("pk"))
    hold_still(*(it.need for it in proposed), commitment, *proposed)
    for introduction in proposed:
        who = by if may_keep(by, introduction) else None
        cancel(introduction, by=who, because="L’engagement est clos.")


def _go_on(introduction: Introduction, **facts: Any) -> None:
    at = clock.now()
    introduction.move(
        S.IN_PROGRESS,
        first_contact_at=introduction.first_contact_at or at,
        next_action_at=after_open_days(introduction.desk, at, days=NEWS_AFTER),
        **facts,
    )
    overtake_reminders(introduction)


def _end(
    introduction: Introduction,
    state: IntroductionState,
    *,
    by: User | None,
    because: str,
    verb: IntroductionVerb = IntroductionVerb.CLOSED,
    **facts: Any,
) -> None:
    with deed(verb, by=by, because=because):
        _must_keep(by, introduction)
        hold_still(introduction.need, introduction.commitment, introduction)
        at = clock.now()
        first = introduction.first_closed_at or at
        introduction.move(state, closed_at=at, first_closed_at=first, next_action_at=None, **facts)
        overtake_reminders(introduction)
        close_solicitation(need=introduction.need, giver=introduction.giver, by=by)


def _must_keep(by: User | None, introduction: Introduction) -> None:
    if not may_keep(by, introduction):
        raise Refused("Cette mise en relation n’est pas de votre guichet.")


def _said(because: str) -> str:
    if not because.strip():
        raise Refused("Dites pourquoi, en quelques mots.")
    return because


def _dismiss(introduction: Introduction, *, reason: Reason, by: User | None) -> None:
    """The pair is not proposed again: the two lines where they are known, else this giver for the need's lines."""
    line = introduction.commitment_line
    needs = [introduction.need_line] if introduction.need_line else list(introduction.need.lines.order_by("pk"))
    for need_line in needs:
        if line is not None:
            dismiss(need_line, commitment_line=line, reason=reason, by=by)
        else:
            dismiss(need_line, giver=introduction.giver, reason=reason, by=by)
