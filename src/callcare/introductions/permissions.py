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
