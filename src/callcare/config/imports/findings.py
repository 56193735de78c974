"""What is found in one line of a table, and what the line will do."""

from dataclasses import dataclass, field
from enum import StrEnum

from callcare.desk.sheets.columns import Line


class Result(StrEnum):
    """What becomes of a line, in the words people read."""

    CREATE = "créer"
    ATTACH = "rattacher"
    REPEAT = "réitération"
    KNOWN = "déjà importé"
    ERROR = "erreur"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about one cell: the header of its column, what is wrong, what to do."""

    column: str
    said: str
    is_error: bool = True

    def __str__(self) -> str:
        return f"colonne « {self.column} » : {self.said}" if self.column else self.said


@dataclass(slots=True)
class Outcome:
    """One line, what it does (or would do), and what was found in it."""

    line: Line
    result: Result = Result.CREATE
    said: str = ""
    findings: list[Finding] = field(default_factory=list)

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.is_error]

    @property
    def warnings(self) -> list[Finding]:
        return [finding for finding in self.findings if not finding.is_error]

    def wrong(self, column: str, said: str) -> None:
        """The line cannot be imported as it is."""
        self.findings.append(Finding(column, said))

    def odd(self, column: str, said: str) -> None:
        """The line is imported; somebody should look."""
        self.findings.append(Finding(column, said, is_error=False))

    def header(self, field_name: str) -> str:
        """The column this field was read in, as the person wrote it."""
        return self.line.headers.get(field_name, "")
