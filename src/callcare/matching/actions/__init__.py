"""What is done about pairs: set aside or brought back, asked, and searched for all open needs each night."""

from callcare.matching.actions.pairs import (
    close_solicitation,
    dismiss,
    note_solicitation,
    rebuild,
    reopen_solicitation,
    restore,
    sweep_gone,
)
from callcare.matching.actions.rounds import make_round, put_off
from callcare.matching.actions.weighing import set_weights

__all__ = [
    "close_solicitation", "dismiss", "make_round", "note_solicitation", "put_off", "rebuild", "reopen_solicitation",
    "restore", "set_weights", "sweep_gone",
]  # fmt: skip
