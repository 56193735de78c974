"""What people do in the directory. One function, one deed."""

from callcare.directory.actions.channels import record_channel, retire_channel
from callcare.directory.actions.merges import merge_organisations, merge_persons, undo_merge
from callcare.directory.actions.organisations import (
    Resolved,
    edit_organisation,
    record_organisation,
    resolve_organisation,
)
from callcare.directory.actions.people import attach_account, edit_person, record_person

__all__ = [
    "Resolved",
    "attach_account",
    "edit_organisation",
    "edit_person",
    "merge_organisations",
    "merge_persons",
    "record_channel",
    "record_organisation",
    "record_person",
    "resolve_organisation",
    "retire_channel",
    "undo_merge",
]
