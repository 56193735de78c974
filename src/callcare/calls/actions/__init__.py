"""What the telephone does to the house. One function, one deed."""

from callcare.calls.actions.hearing import BACKLOG, hear_pending, read_again, receive
from callcare.calls.actions.messages import delete_old_messages, fetch_messages, note_heard
from callcare.calls.actions.sweeping import empty_bodies, sweep_calls
from callcare.calls.actions.taking import take_call
from callcare.calls.actions.trunks import (
    note_listening,
    open_trunk,
    remove_extension,
    rotate_secret,
    set_extension,
    set_trunk,
    try_trunk,
)

__all__ = [
    "BACKLOG",
    "delete_old_messages",
    "empty_bodies",
    "fetch_messages",
    "hear_pending",
    "note_heard",
    "note_listening",
    "open_trunk",
    "read_again",
    "receive",
    "remove_extension",
    "rotate_secret",
    "set_extension",
    "set_trunk",
    "sweep_calls",
    "take_call",
    "try_trunk",
]
