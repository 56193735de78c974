"""A deed: somebody does one thing, for a reason. One transaction, one page of history, all or nothing.

The rows a deed changes are copied by the database itself (pghistory triggers) and tied to the deed's name.
There is no other journal, and no tracked row can change outside a deed: the database refuses it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import pghistory
from django.apps import apps
from django.db import IntegrityError, models, transaction

from callcare.core import clock


class Refused(Exception):
    """The house says no, for a reason fit to show to the person who asked."""


@dataclass(frozen=True, slots=True)
class Deed:
    """The deed under way: its verb, its actor (None for the house itself), its reason, its instant."""

    verb: str
    by: int | None
    because: str
    at: datetime


_current: ContextVar[Deed | None] = ContextVar("deed", default=None)
_in_one_piece: ContextVar[bool] = ContextVar("in_one_piece", default=False)


def under_way() -> Deed | None:
    """The deed we are in, for what may only happen inside one (a letter is written in the deed that causes it)."""
    return _current.get()


SENTENCES: dict[str, str] = {}  # what to say when a constraint raised by one of our own triggers refuses


@contextmanager
def deed(
    verb: models.TextChoices, *, by: models.Model | None, because: str = "", **about: int | str
) -> Iterator[Deed]:
    """Do one thing. `by=None` means the house itself. A deed inside a deed is a part of it.

    Raises Refused when the database refuses by a constraint that has its sentence.
    """
    if outer := _current.get():
        with _spoken(), transaction.atomic(savepoint=not _in_one_piece.get()):
            yield outer
        return
    this = Deed(verb.value, by.pk if by else None, because.strip(), clock.now())
    token = _current.set(this)
    name = {"verb": this.verb, "said": str(verb.label), "by": this.by, "because": this.because} | about
    try:
        with (
            _spoken(),
            transaction.atomic(durable=True),
            pghistory.context(**name, at=this.at.isoformat()),
        ):
            yield this
    finally:
        _current.reset(token)


@contextmanager
def in_one_piece() -> Iterator[None]:
    """Deeds opened in here have no savepoint of their own: what fails inside takes back the deed around all of it.

    For long runs of deeds (a line of a spreadsheet is ten), where nobody inside catches a refusal and goes on.
    """
    token = _in_one_piece.set(True)
    try:
        yield
    finally:
        _in_one_piece.reset(token)


@contextmanager
def _spoken() -> Iterator[None]:
    """What the database refuses becomes a Refused, where somebody wrote its sentence."""
    try:
        yield
    except IntegrityError as error:
        if sentence := sentence_of(error):
            raise Refused(sentence) from error
        raise


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that refused, "" where the database names none."""
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


def sentence_of(error: IntegrityError) -> str | None:
    """The French sentence of the constraint that said no, where its author wrote one."""
    name = constraint_of(error)
    return SENTENCES.get(name) or _sentences_of_models().get(name)


@cache
def _sentences_of_models() -> dict[str, str]:
    return {
        constraint.name: str(constraint.violation_error_message)
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if constraint.violation_error_message != constraint.default_violation_error_message
    }


@dataclass(frozen=True, slots=True)
class Line:
    """One deed in the life of one thing."""

    at: datetime
    verb: str
    said: str
    by: int | None
    because: str
    changes: dict[str, tuple[Any, Any]]


def timeline(thing: models.Model) -> list[Line]:
    """The life of a thing, oldest deed first, read from the events the triggers wrote.

    The instant is the deed's own (`clock`), so that a replayed month reads at its own dates.
    """
    events = thing.events.select_related("pgh_context").order_by("pgh_id")  # type: ignore[attr-defined]
    lines: dict[Any, Line] = {}
    before: dict[str, Any] = {}
    for event in events:
        facts = [field.attname for field in event._meta.concrete_fields if not field.name.startswith("pgh_")]
        after = {fact: getattr(event, fact) for fact in facts}
        name = event.pgh_context.metadata
        at = datetime.fromisoformat(name["at"])
        blank = Line(at, name["verb"], name["said"], name["by"], name["because"], {})
        line = lines.setdefault(event.pgh_context_id, blank)
        for fact in facts if before else ():
            if after[fact] != before[fact]:
                first, _ = line.changes.get(fact, (before[fact], None))
                line.changes[fact] = (first, after[fact])
        before = after
    return list(lines.values())
