from callcare.accounts.models import User


def may_weigh(user: User) -> bool:
    """The score is one for all desks: who steers the collective sets its weights."""
    return user.is_steward
