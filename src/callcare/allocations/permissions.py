"""Who may promise and hand over."""

from callcare.accounts.models import User
from callcare.allocations.models import Allocation
from callcare.desk.permissions import keeps
from callcare.needs.models import NeedLine


def may_promise(user: User | None, line: NeedLine) -> bool:
    return keeps(user, line.desk)


def may_follow(user: User | None, allocation: Allocation) -> bool:
    return keeps(user, allocation.desk)
