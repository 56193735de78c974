"""What people do at the desk. One function, one deed."""

from callcare.desk.actions.callbacks import (
    CALL_BACK_WITHIN,
    note_attempt,
    owe_call_back,
    owe_listening,
    settle_call_backs,
    try_reminder,
)
from callcare.desk.actions.consents import record_consent, withdraw_consent
from callcare.desk.actions.desks import add_closure, open_desk, remove_closure, set_desk, set_hours
from callcare.desk.actions.interactions import (
    REOPEN_WITHIN,
    UNUSABLE,
    DraftMoved,
    finish_interaction,
    identify,
    log_interaction,
    promise_call_back,
    refer,
    reopen_interaction,
    save_draft,
)
from callcare.desk.actions.numbers import is_number_kept, keep_number, nameless_contacts
from callcare.desk.actions.outbox import hold_letter, queue_letter, resend_letter
from callcare.desk.actions.reminders import (
    do_reminder,
    let_go_reminder,
    overtake_reminders,
    plan_reminder,
    snooze_reminder,
    take_reminder,
)

__all__ = [
    "CALL_BACK_WITHIN",
    "REOPEN_WITHIN",
    "UNUSABLE",
    "DraftMoved",
    "add_closure",
    "do_reminder",
    "finish_interaction",
    "hold_letter",
    "identify",
    "is_number_kept",
    "keep_number",
    "let_go_reminder",
    "log_interaction",
    "nameless_contacts",
    "note_attempt",
    "open_desk",
    "overtake_reminders",
    "owe_call_back",
    "owe_listening",
    "plan_reminder",
    "promise_call_back",
    "queue_letter",
    "record_consent",
    "refer",
    "remove_closure",
    "reopen_interaction",
    "resend_letter",
    "save_draft",
    "set_desk",
    "set_hours",
    "settle_call_backs",
    "snooze_reminder",
    "take_reminder",
    "try_reminder",
    "withdraw_consent",
]
