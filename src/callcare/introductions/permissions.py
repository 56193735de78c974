"""Who may act on an introduction."""

from callcare.accounts.models import User
from callcare.desk.permissions import keeps
from callcare.introductions.models import Introduction


def may_keep(user: User | None, introduction: Introduction) -> bool:
    """The operators of the desk that proposed it; the commitment's desk only reads."""
    return keeps(user, introduction.desk)


def may_see_contacts(user: User, introduction: Introduction, side: str) -> bool:
    """May she read this side's name, number and address? Of another desk's giver: only once the reveal is made."""
    if introduction.sent_at is not None:
        return True
    case = introduction.need if side == "asker" else introduction.commitment
    return keeps(user, case.desk if case else introduction.desk)


def may_tell(user: User | None, introduction: Introduction) -> bool:
    """Who may say that the two have spoken: the desk, and once the reveal is made, a partner of either side."""
    if may_keep(user, introduction):
        return True
    sides = (introduction.need.organisation_id, introduction.giver_id)
    return (
        user is not None
        and user.is_partner
        and introduction.sent_at is not None
        and user.memberships.filter(organisation__in=sides).exists()
    )
