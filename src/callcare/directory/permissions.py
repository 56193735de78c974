"""Who may do what in the directory. None is the house itself: imports, jobs, the replayed demo."""

from callcare.accounts.models import User


def may_write(user: User | None) -> bool:
    """Organisations and persons are written by the desks, all of them."""
    return user is None or user.is_operator


def may_see_people(user: User) -> bool:
    """Persons and their numbers are for the desks."""
    return user.is_operator


def may_attach(user: User | None) -> bool:
    """Whoever opens accounts, and the desks, say for whom an account acts."""
    return user is None or user.is_operator or user.is_admin
