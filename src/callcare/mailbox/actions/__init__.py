"""What the mailbox does to the house. One function, one deed."""

from callcare.mailbox.actions.boxes import (
    box_moved,
    note_contact,
    note_trouble,
    open_mailbox,
    set_mailbox,
    try_mailbox,
)
from callcare.mailbox.actions.joining import (
    accept_proposal,
    decline_proposal,
    merge_threads,
    split_mail,
    undo_merge,
)
from callcare.mailbox.actions.reading import read_again, read_pending

__all__ = [
    "accept_proposal",
    "box_moved",
    "decline_proposal",
    "merge_threads",
    "note_contact",
    "note_trouble",
    "open_mailbox",
    "read_again",
    "read_pending",
    "set_mailbox",
    "split_mail",
    "try_mailbox",
    "undo_merge",
]
