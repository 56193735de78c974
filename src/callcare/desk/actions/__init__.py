"""What people do at the desk. One function, one deed."""

from callcare.desk.actions.reminders import (
    do_reminder,
    let_go_reminder,
    overtake_reminders,
    plan_reminder,
    snooze_reminder,
    take_reminder,
    try_reminder,
)

__all__ = [
    "do_reminder",
    "let_go_reminder",
    "overtake_reminders",
    "plan_reminder",
    "snooze_reminder",
    "take_reminder",
    "try_reminder",
]
