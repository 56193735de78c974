"""Who may do what to a commitment: plain questions, answered yes or no."""

from callcare.accounts.models import User
from callcare.commitments.models import Commitment
from callcare.desk.models import Desk
from callcare.desk.permissions import keeps


def may_record_commitment(user: User | None, desk: Desk) -> bool:
    """Commitments are recorded by those who keep the desk, and by the house itself (imports, the replayed month)."""
    return keeps(user, desk)


def may_change_commitment(user: User | None, commitment: Commitment) -> bool:
    """Edit, confirm, share, hold, close, reopen: whoever keeps its desk. A desk it is shared with only reads it."""
    return keeps(user, commitment.desk)
