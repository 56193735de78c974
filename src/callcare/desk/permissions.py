"""Who may do what at a desk: plain questions, answered yes or no."""

from callcare.accounts.models import User
from callcare.desk.models import Desk


def keeps(user: User | None, desk: Desk) -> bool:
    """Is she one of the operators of this desk? The house itself (None: jobs, the replayed month) keeps them all."""
    return user is None or (user.is_operator and desk.operators.filter(pk=user.pk).exists())
