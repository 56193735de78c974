"""The cells of one line read into values. Every refusal lands on the line, beside its column; nothing is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError

from callcare.catalogue.enums import Audience, Every, Mode
from callcare.config.imports.findings import Outcome
from callcare.core import clock
from callcare.desk.rules import privacy
from callcare.desk.sheets import repairs
from callcare.desk.sheets.reading import Cell
from callcare.directory.enums import OrganisationKind
from callcare.directory.rules import Wrong, identifiers
from callcare.directory.rules.names import folded
from callcare.territories.forms import CommuneField
from callcare.territories.models import Territory

Value = TypeVar("Value")
NOTHING = frozenset({"", "-", "–", "—", "?", "/", "nc", "n.c.", "na", "n/a", "non renseigné", "néant", "ras"})
LENGTHS = {"organisation": 200, "address": 200, "website": 200, "role": 80, "last_name": 80, "first_name": 60}

KINDS: Mapping[str, str] = {folded(kind.label): kind.value for kind in OrganisationKind} | {
    "asso": "association", "association loi 1901": "association", "societe": "company", "mairie": "local_authority",
    "collectivite territoriale": "local_authority", "commune": "local_authority", "departement": "local_authority",
    "ecole": "school", "college": "school", "lycee": "school", "universite": "university", "ccas": "social_or_health",
    "mission locale": "employment_body", "centre social": "association", "service social": "social_or_health",
    "hopital": "social_or_health", "emploi": "employment_body", "reseau": "network",
}  # fmt: skip
AUDIENCES: tuple[tuple[str, Audience], ...] = (
    ("universit", Audience.UNIVERSITY), ("etudiant", Audience.UNIVERSITY), ("emploi", Audience.EMPLOYMENT),
    ("insertion", Audience.EMPLOYMENT), ("stagiaire", Audience.EMPLOYMENT), ("apprenti", Audience.EMPLOYMENT),
    ("adulte", Audience.EMPLOYMENT), ("ecole", Audience.SCHOOL), ("lyce", Audience.SCHOOL),
    ("colleg", Audience.SCHOOL), ("eleve", Audience.SCHOOL), ("scolaire", Audience.SCHOOL),
    ("enfant", Audience.SCHOOL),
)  # fmt: skip
EVERY = {"semaine": Every.WEEK, "hebdo": Every.WEEK, "mois": Every.MONTH, "mensuel": Every.MONTH,
         "trimestr": Every.QUARTER, "an": Every.YEAR, "annuel": Every.YEAR}  # fmt: skip
YES = frozenset({"oui", "o", "vrai", "1", "yes", "ok", "confirme", "confirmee"})


class Communes:
    """Communes by what is written; asked of the database once for each writing."""

    def __init__(self, near: Territory | None) -> None:
        self._field = CommuneField(required=False, near=near)
        self._known: dict[str, Territory | str | None] = {}

    def find(self, said: str) -> Territory | None:
        """The commune; raises Wrong with the sentence of the field that asks for one everywhere else."""
        if said not in self._known:
            try:
                self._known[said] = self._field.clean(said)
            except ValidationError as error:
                self._known[said] = str(error.messages[0])
        found = self._known[said]
        if isinstance(found, str):
            raise Wrong(f"« {said} » : {found}")
        return found


@dataclass(slots=True)
class Cells:
    """One line, read by field. What cannot be read is noted on `outcome` and comes back empty."""

    outcome: Outcome
    communes: Communes
    today: date = field(default_factory=clock.today)

    def of(self, name: str) -> tuple[Cell, ...]:
        """The cells of a field; nothing where somebody wrote that there is nothing."""
        cells = self.outcome.line.cells.get(name, ())
        return tuple(cell for cell in cells if not (isinstance(cell, str) and cell.strip().lower() in NOTHING))

    def tried(self, name: str, read: Callable[..., Value], *args: Any, **more: Any) -> Value | None:
        """What `read` makes of it, or None with its sentence beside the column."""
        try:
            return read(*args, **more)
        except Wrong as wrong:
            self.outcome.wrong(self.outcome.header(name), str(wrong))
            return None

    def text(self, name: str) -> str:
        said = self.tried(name, repairs.text, self.of(name)) or ""
        if len(said) > LENGTHS.get(name, 4000):
            most = LENGTHS.get(name, 4000)
            self.outcome.wrong(self.outcome.header(name), f"Ce texte a {len(said)} signes, {most} au plus.")
        return said

    def first(self, name: str, read: Callable[..., Value], **more: Any) -> Value | None:
        cells = self.of(name)
        return self.tried(name, read, cells[0], **more) if cells else None

    def quantity(self, name: str = "quantity") -> Decimal | None:
        return self.first(name, repairs.quantity)

    def day(self, name: str) -> date | None:
        return self.first(name, repairs.day, today=self.today)

    def day_or_none(self, cell: Cell) -> date | None:
        """The day in a cell; what is wrong with it was said when it was read."""
        try:
            return repairs.day(cell, today=self.today)
        except Wrong:
            return None

    def people(self) -> int | None:
        return self.first("people", repairs.whole)

    def phones(self) -> tuple[str, ...]:
        return self.tried("phone", repairs.telephones, self.of("phone")) or ()

    def emails(self) -> tuple[str, ...]:
        return self.tried("email", repairs.addresses, self.of("email")) or ()

    def identifiers(self) -> dict[str, str]:
        return {
            "siret": self.first("siret", repairs.siret) or "",
            "siren": self.first("siren", repairs.siren) or "",
            "rna": self.tried("rna", identifiers.rna, self.text("rna")) or "",
        }

    def commune(self, name: str, postcode: str) -> Territory | None:
        """A commune by its name and post code, by either alone when only one stands there."""
        code = "".join(str(cell) for cell in self.of(postcode)[:1])
        said = f"{code.zfill(5) if code.isdigit() and len(code) == 4 else code} {self.text(name)}".strip()
        place = name if self.of(name) else postcode
        return self.tried(place, self.communes.find, said) if said else None

    def kind(self) -> str:
        """The nature of the organisation; « autre », with a word, where it is not one we know."""
        said = folded(self.text("org_kind"))
        if not said:
            return ""
        found = KINDS.get(said) or next((value for words, value in KINDS.items() if words in said), "")
        if not found:
            self.outcome.odd(self.outcome.header("org_kind"), "Nature inconnue : elle sera « autre ».")
        return found

    def audience(self) -> str:
        said = folded(self.text("audience"))
        found = next((value for words, value in AUDIENCES if words in said), "") if said else ""
        if said and not found:
            self.outcome.odd(self.outcome.header("audience"), "Public non reconnu (école, université, emploi).")
        return found

    def every(self) -> str:
        words = folded(self.text("every")).split()
        return next((rhythm for start, rhythm in EVERY.items() for word in words if _begins(word, start)), "")

    def mode(self) -> str:
        said = folded(self.text("mode"))
        gift, loan = "don" in said, "pret" in said
        return Mode.EITHER if gift and loan else Mode.LOAN if loan else Mode.GIFT if gift else ""

    def says_yes(self, name: str) -> bool:
        return folded(self.text(name)) in YES

    def without_names(self, name: str, said: str, known: Sequence[str]) -> str:
        """A text without what seems to be about one person who is helped; what was left out is said, masked.

        A word of health alone names nobody: it is only pointed at (a guard never eats a text without need).
        """
        kept, end = "", 0
        for one in privacy.found_in(said, known=known):
            self.outcome.odd(self.outcome.header(name), f"« {one.excerpt} » : {one.advice}{_LEFT_OUT[one.kind]}")
            if _LEFT_OUT[one.kind]:
                kept, end = f"{kept}{said[end : one.start]}…", one.end
        return kept + said[end:]


_LEFT_OUT = dict.fromkeys(privacy.ADVICE, " Ces mots ne sont pas repris.") | {privacy.HEALTH: ""}


def _begins(word: str, start: str) -> bool:
    return word == start if len(start) < 3 else word.startswith(start)
