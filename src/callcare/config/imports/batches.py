"""A spreadsheet handed over in a page: received and read without writing, then written, or given up.

The bytes are kept with the desk (desk.ImportBatch), so that what is written is exactly what was shown.
"""

import hashlib
from typing import Any

from callcare.accounts.models import User
from callcare.config.imports.findings import Finding, Outcome
from callcare.config.imports.refusals import refused_lines
from callcare.config.imports.running import Imported, import_table
from callcare.core import clock, french
from callcare.core.deeds import Refused, deed
from callcare.desk.enums import DeskVerb, ImportState
from callcare.desk.models import Desk, ImportBatch
from callcare.desk.permissions import keeps
from callcare.desk.sheets.columns import table
from callcare.desk.sheets.reading import Unreadable, read

MOST_LINES = 1_000  # a page waits for the answer; a longer table goes through the command
INSIST = "cochez « Les très grandes quantités sont voulues »"
NOT_YOURS = "Vous ne tenez pas ce guichet."


def receive_table(raw: bytes, *, file_name: str, what: str, desk: Desk, by: User) -> ImportBatch:
    """Read a file without writing what it says, and keep it. The same file waiting already is found again.

    Raises Refused for a file that is no table, that is too long, or that was written before.
    """
    _must_keep(desk, by)
    digest = hashlib.sha256(raw).hexdigest()
    before = ImportBatch.objects.filter(desk=desk, what=what, sha256=digest).exclude(state=ImportState.DROPPED).first()
    if before and before.state == ImportState.APPLIED:
        raise Refused(_said_before(before))
    if before:
        return before
    _must_be_short(raw, what)
    imported = _read(raw, what=what, desk=desk, by=by, because=file_name)
    with deed(DeskVerb.IMPORT_RECEIVED, by=by, because=file_name):
        return ImportBatch.objects.create(
            desk=desk, what=what, file_name=file_name[:200], raw=raw, sha256=digest, received_by=by, **_told(imported)
        )


def apply_batch(batch: ImportBatch, *, by: User, partial: bool = False, yes_large: bool = False) -> Imported:
    """Write what was shown: all of it, or its good lines where `partial`; else nothing, and the page says why."""
    _must_keep(batch.desk, by)
    if batch.state != ImportState.READ:
        raise Refused(_said_before(batch) if batch.state == ImportState.APPLIED else "Ce tableur est abandonné.")
    with deed(DeskVerb.IMPORT_APPLIED, by=by, because=batch.file_name):
        # First the state: of two people who press at once, the second waits here and is then refused.
        batch.move(ImportState.APPLIED, applied_at=clock.now())
        imported = _read(
            bytes(batch.raw), what=batch.what, desk=batch.desk, by=by, because=batch.file_name, apply=True,
            partial=partial, yes_large=yes_large,
        )  # fmt: skip
        if not imported.is_written:
            raise NothingWritten(imported)
        _note(batch, imported)
    return imported


class NothingWritten(Refused):
    """A line is wrong: nothing was written, and here is what every line says."""

    def __init__(self, imported: Imported) -> None:
        self.imported = imported
        wrong = french.counted(len(imported.refused), "ligne")
        super().__init__(
            f"{wrong} à corriger : rien n’est écrit. Corrigez le fichier, ou n’écrivez que les bonnes lignes."
        )


def read_again(batch: ImportBatch, imported: Imported, *, by: User) -> None:
    """Keep what was found in a reading that wrote nothing: the directory may have changed since the first."""
    with deed(DeskVerb.IMPORT_READ_AGAIN, by=by):
        _note(batch, imported)


def drop_batch(batch: ImportBatch, *, by: User) -> None:
    """Give a file up: its bytes and its lines are forgotten, the trace that it came stays."""
    _must_keep(batch.desk, by)
    with deed(DeskVerb.IMPORT_DROPPED, by=by):
        batch.move(ImportState.DROPPED, raw=b"", refused=b"", report={})


def _must_keep(desk: Desk, by: User) -> None:
    if not keeps(by, desk):
        raise Refused(NOT_YOURS)


def _must_be_short(raw: bytes, what: str) -> None:
    try:
        lines = len(table(read(raw), what).lines)
    except Unreadable as unreadable:
        raise Refused(str(unreadable)) from unreadable
    if lines > MOST_LINES:
        raise Refused(
            f"Ce tableau a {french.number(lines)} lignes, {french.number(MOST_LINES)} au plus dans cette page :"
            " partagez-le, ou demandez un import en ligne de commande."
        )


def _read(raw: bytes, *, what: str, desk: Desk, by: User, **more: Any) -> Imported:
    try:
        return import_table(raw, what=what, desk=desk, by=by, how_to_insist=INSIST, **more)
    except Unreadable as unreadable:
        raise Refused(str(unreadable)) from unreadable


def _said_before(batch: ImportBatch) -> str:
    when = french.day((batch.applied_at or batch.received_at).astimezone(clock.PARIS).date())
    who = f" par {batch.received_by.display_name}" if batch.received_by else ""
    return f"Ce fichier a déjà été écrit le {when} ({batch.file_name}, déposé{who}) : rien de plus à faire."


def _note(batch: ImportBatch, imported: Imported) -> None:
    facts = _told(imported)
    ImportBatch.objects.filter(pk=batch.pk).update(**facts)
    for name, value in facts.items():
        setattr(batch, name, value)


def _told(imported: Imported) -> dict[str, Any]:
    """What is kept of a reading: each line, its findings beside their columns, and the lines to correct as a file."""
    found = imported.table
    return {
        "lines": len(imported.outcomes),
        "errors": len(imported.refused),
        "refused": refused_lines(imported) if imported.refused else b"",
        "report": {
            "sheet": found.sheet,
            "header_line": found.header_line,
            "unknown": list(found.unknown),
            "counts": {str(result): number for result, number in imported.counts.items()},
            "lines": [_line(one) for one in imported.outcomes],
        },
    }


def _line(one: Outcome) -> dict[str, Any]:
    return {
        "number": one.line.number,
        "result": str(one.result),
        "said": one.said,
        "errors": [_finding(finding) for finding in one.errors],
        "warnings": [_finding(finding) for finding in one.warnings],
    }


def _finding(finding: Finding) -> dict[str, str]:
    return {"column": finding.column, "said": finding.said}
