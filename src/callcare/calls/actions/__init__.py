"""What the telephone does to the house. One function, one deed."""

from callcare.calls.actions.hearing import hear_pending, read_again, receive
from callcare.calls.actions.taking import take_call
from callcare.calls.actions.trunks import (
    open_trunk,
    remove_extension,
    rotate_secret,
    set_extension,
    set_trunk,
    try_trunk,
)

__all__ = [
    "hear_pending",
    "open_trunk",
    "read_again",
    "receive",
    "remove_extension",
    "rotate_secret",
    "set_extension",
    "set_trunk",
    "take_call",
    "try_trunk",
]
