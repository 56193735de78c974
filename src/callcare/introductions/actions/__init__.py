"""What people do with introductions. One function, one deed."""

from callcare.introductions.actions.answering import answer_by_link
from callcare.introductions.actions.closing import (
    cancel,
    decline,
    expire,
    follow_commitment,
    follow_need,
    no_help,
    reopen,
    succeed,
    take_up,
    unreachable,
)
from callcare.introductions.actions.consenting import (
    ask_by_link,
    propose_by_mail,
    record_side_consent,
    withdraw_side_consent,
)
from callcare.introductions.actions.following import owed_for
from callcare.introductions.actions.nudging import follow_up
from callcare.introductions.actions.proposing import propose, sketch
from callcare.introductions.actions.revealing import NEWS_AFTER, introduce, introduce_now

__all__ = [
    "NEWS_AFTER",
    "answer_by_link",
    "ask_by_link",
    "cancel",
    "decline",
    "expire",
    "follow_commitment",
    "follow_need",
    "follow_up",
    "introduce",
    "introduce_now",
    "no_help",
    "owed_for",
    "propose",
    "propose_by_mail",
    "record_side_consent",
    "reopen",
    "sketch",
    "succeed",
    "take_up",
    "unreachable",
    "withdraw_side_consent",
]
