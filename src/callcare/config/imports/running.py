"""A whole file at once: every line read, guarded, done. One deed around all of them: all is written, or nothing.

The deeds of each line are parts of the deed « a importé un fichier » (core.deeds): one transaction, one page of
history. Each line has its savepoint, so that one wrong line does not spoil what is found in the others.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from django.db import DatabaseError

from callcare.accounts.models import User
from callcare.catalogue.enums import Measure
from callcare.config.imports import facts
from callcare.config.imports.cells import Cells, Communes
from callcare.config.imports.enums import ImportVerb
from callcare.config.imports.findings import Outcome, Result
from callcare.config.imports.writing import Writer
from callcare.core import french
from callcare.core.deeds import Refused, deed, in_one_piece
from callcare.desk.models import Desk
from callcare.desk.sheets.columns import Table, table
from callcare.desk.sheets.reading import read

LARGE = 1_000  # model.md §15: more than that is asked about
LARGE_CENTS = 5_000_000  # 50 000 €
TIMES_MEDIAN = 10
INSIST = "relancez avec --yes-large"
ENOUGH = 5  # lines of the same measure that make a median


class _TakenBack(Exception):
    """A dry run, or a wrong line: everything is undone."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file did, or would do, line by line. `is_written` says which."""

    what: str
    table: Table
    outcomes: tuple[Outcome, ...]
    is_written: bool

    @property
    def refused(self) -> list[Outcome]:
        return [one for one in self.outcomes if one.result == Result.ERROR]

    @property
    def counts(self) -> Counter[Result]:
        return Counter(one.result for one in self.outcomes)


def import_table(
    raw: bytes,
    *,
    what: str,
    desk: Desk,
    by: User | None,
    apply: bool = False,
    partial: bool = False,
    yes_large: bool = False,
    sheet: str = "",
    because: str = "",
    how_to_insist: str = INSIST,
) -> Imported:
    """Read the file and do what its lines say: needs, commitments or organisations.

    Without `apply` nothing is kept. With it all is kept, or nothing when one line is wrong; `partial` keeps the good
    lines. Raises Unreadable for a file that is no table.
    """
    sheets = [one for one in read(raw) if not sheet or one.name == sheet]
    found = table(sheets, what)
    outcomes = [Outcome(line) for line in found.lines]
    is_written = False
    try:
        with deed(ImportVerb.FILE, by=by, because=because):
            _do(outcomes, what=what, desk=desk, by=by, insist="" if yes_large else how_to_insist)
            is_wrong = any(one.result == Result.ERROR for one in outcomes)
            if not apply or (is_wrong and not partial):
                raise _TakenBack  # noqa: TRY301  # the only way out of a transaction
            is_written = True
    except _TakenBack:
        pass
    return Imported(what, found, tuple(outcomes), is_written)


def _do(outcomes: Sequence[Outcome], *, what: str, desk: Desk, by: User | None, insist: str) -> None:
    writer, communes = Writer(by, desk), Communes(desk.territory)
    for one in outcomes:
        for header in one.line.wrong:
            one.wrong(header, "La cellule contient une erreur du tableur. Corrigez la formule, ou tapez la valeur.")
    if what == "organisations":
        bodies = [facts.body(Cells(one, communes)) for one in outcomes]
        for one, body in zip(outcomes, bodies, strict=True):
            _try(one, by, lambda one=one, body=body: writer.organisation(body, one))  # type: ignore[misc]
        return
    catalogue = facts.Catalogue()
    told = [facts.said(Cells(one, communes), what=what, desk=desk.slug, catalogue=catalogue) for one in outcomes]
    if insist:
        _guard(outcomes, told, insist)
    write = writer.need if what == "needs" else writer.commitment
    for one, said in zip(outcomes, told, strict=True):
        _try(one, by, lambda one=one, said=said: write(said, one))  # type: ignore[misc]


def _try(outcome: Outcome, by: User | None, write: Callable[[], None]) -> None:
    """Do one line in its savepoint; what the house or the database refuses is said on the line."""
    if not outcome.errors:
        try:
            with deed(ImportVerb.FILE, by=by), in_one_piece():
                write()
        except Refused as refusal:
            outcome.wrong("", str(refusal))
        except DatabaseError:
            outcome.wrong("", "La base refuse cette ligne : vérifiez ses valeurs, ou retirez-la.")
    if outcome.errors:
        outcome.result, outcome.said = Result.ERROR, ""


def _guard(outcomes: Sequence[Outcome], told: Sequence[facts.Said], insist: str) -> None:
    """A quantity out of all proportion is more often a slip of the finger than a gift: it is asked about."""
    by_measure: dict[str, list[Decimal]] = {}
    for said in told:
        if said.quantity:
            by_measure.setdefault(_measure(said), []).append(_measured(said))
    usual = {measure: median(values) for measure, values in by_measure.items() if len(values) >= ENOUGH}
    for one, said in zip(outcomes, told, strict=True):
        quantity, measure = _measured(said), _measure(said)
        most = LARGE_CENTS if measure == Measure.CENT else LARGE * (_factor(said) if measure == Measure.MINUTE else 1)
        far = usual.get(measure)
        if quantity > most:
            _ask(one, said, "", insist)
        elif far and quantity > TIMES_MEDIAN * far:
            _ask(one, said, f", plus de {TIMES_MEDIAN} fois la valeur médiane du fichier", insist)


def _ask(outcome: Outcome, said: facts.Said, why: str, insist: str) -> None:
    column = outcome.header("amount" if _measure(said) == Measure.CENT else "quantity") or outcome.header("text")
    shown = french.number(int(said.quantity or 0))
    outcome.wrong(column, f"À confirmer : {shown} est beaucoup{why}. Corrigez, ou {insist}.")


def _factor(said: facts.Said) -> int:
    unit = said.unit or (said.category and said.category.unit)
    return unit.factor if unit else 1


def _measure(said: facts.Said) -> str:
    unit = said.unit or (said.category and said.category.unit)
    return unit.measure if unit else ""


def _measured(said: facts.Said) -> Decimal:
    return (said.quantity or Decimal(0)) * _factor(said)
