"""Who may do what to a need: plain questions, answered yes or no."""

from callcare.accounts.models import User
from callcare.desk.models import Desk
from callcare.desk.permissions import keeps
from callcare.needs.models import Need


def may_record_need(user: User | None, desk: Desk) -> bool:
    """Needs are recorded by those who keep the desk, and by the house itself (imports, the replayed month)."""
    return keeps(user, desk)


def may_change_need(user: User | None, need: Need) -> bool:
    """Edit, hold, close, reopen: whoever keeps the desk of the need."""
    return keeps(user, need.desk)
