"""Who may say what came of it."""

from callcare.accounts.models import User
from callcare.desk.permissions import keeps
from callcare.needs.models import Need


def may_count(user: User | None, need: Need) -> bool:
    return keeps(user, need.desk)
