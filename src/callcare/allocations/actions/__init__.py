"""What people do with quantities. One function, one deed."""

from callcare.allocations.actions.fulfilling import correct, deliver, take_back
from callcare.allocations.actions.promising import confirm, fail, hold, promise, release, release_lapsed
from callcare.allocations.actions.sharing import Changed, Share, share
from callcare.allocations.actions.steps import said

__all__ = [
    "Changed",
    "Share",
    "confirm",
    "correct",
    "deliver",
    "fail",
    "hold",
    "promise",
    "release",
    "release_lapsed",
    "said",
    "share",
    "take_back",
]
