"""Who sets the targets."""

from callcare.accounts.models import User


def may_aim(user: User | None) -> bool:
    return user is None or user.is_steward
