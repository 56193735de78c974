"""What one line of a table says, understood with the words of the catalogue, before anything is written."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from callcare.catalogue.enums import Measure, Mode
from callcare.catalogue.models import Category, Unit
from callcare.catalogue.rules import as_heard, fits
from callcare.config.imports.cells import Cells
from callcare.core import clock
from callcare.desk.capture import vocabulary
from callcare.desk.rules.capture import Captured, read
from callcare.desk.sheets import repairs
from callcare.directory.duplicates import Facts
from callcare.directory.rules.names import folded, words
from callcare.territories.gazetteer import gazetteer
from callcare.territories.models import Territory

AS_NEEDED = frozenset({"selon besoin", "selon les besoins", "a la demande", "illimite"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Who a line is about: an organisation, who speaks for it, how they are reached."""

    facts: Facts
    commune: Territory | None
    more: dict[str, str]  # address, website, description
    first_name: str = ""
    last_name: str = ""
    role: str = ""

    @property
    def reach(self) -> tuple[str, ...]:
        return self.facts.phones + self.facts.emails

    @property
    def key(self) -> str:
        """The same organisation gives the same key, whatever its spelling."""
        code = self.commune.code if self.commune else ""
        return self.facts.siret or self.facts.rna or f"{' '.join(sorted(words(self.facts.name)))}|{code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a line asks or offers."""

    body: Body
    title: str
    category: Category | None
    unit: Unit | None
    quantity: Decimal | None
    commune: Territory | None
    starts_on: date | None
    ends_on: date | None
    said_at: datetime | None
    audience: str
    people: int | None
    mode: str
    every: str
    note: str
    is_urgent: bool
    is_confirmed: bool
    as_needed: bool
    digest: str

    @property
    def is_complete(self) -> bool:
        return bool(self.category and (self.quantity or self.as_needed))


class Catalogue:
    """Categories and units by any word people use for them; read once for a whole file."""

    def __init__(self) -> None:
        self._words, self._places = vocabulary(), gazetteer()
        self.units = {unit.code: unit for unit in Unit.objects.all()}
        self.by_code = {row.code: row for row in Category.objects.in_use().select_related("unit")}
        self._by_word: dict[str, Category] = {}
        for row in self.by_code.values():
            for word in (row.code, row.label, *row.synonyms):
                self._by_word.setdefault(as_heard(word), row)
        self._units = {as_heard(word): unit for unit in self.units.values() for word in (unit.label, unit.plural)}
        self._units |= {"h": self.units["hour"], "eur": self.units["euro"], "€": self.units["euro"]}

    def read(self, line: str) -> Captured:
        """A text read as the capture line does, with the words this file began with."""
        return read(line, today=clock.today(), words=self._words, places=self._places)

    def category(self, said: str) -> Category | None:
        return self._by_word.get(as_heard(said))

    def unit(self, said: str) -> Unit | None:
        return self._units.get(as_heard(said) or said.strip())


def body(cells: Cells, *, place: Territory | None = None) -> Body:
    """The organisation and person of a line; `place` is the commune of the case, where none is the organisation's."""
    name = cells.text("organisation")
    if not name:
        cells.outcome.wrong(
            cells.outcome.header("organisation"), "Il manque le nom de l’organisation. Complétez la cellule."
        )
    first, last = repairs.name(cells.text("person"))
    if said := cells.text("last_name"):
        last = said
    if said := cells.text("first_name"):
        first, last = said, last if cells.of("last_name") else cells.text("person") or last
    commune = cells.commune("org_commune", "org_postcode") or place
    return Body(
        facts=Facts(
            name=name,
            kind=cells.kind(),
            commune_id=commune.pk if commune else None,
            phones=cells.phones(),
            emails=cells.emails(),
            **cells.identifiers(),
        ),
        commune=commune,
        more={"address": cells.text("address"), "website": _website(cells)},
        first_name=first[:60],
        last_name=last[:80],
        role=cells.text("role"),
    )


def _website(cells: Cells) -> str:
    said = cells.text("website")
    if said and ("." not in said or " " in said or ":" in said.removeprefix("https://").removeprefix("http://")):
        cells.outcome.wrong(
            cells.outcome.header("website"), "Ce n’est pas l’adresse d’un site. Écrivez www.exemple.fr."
        )
        return ""
    return said if not said or said.startswith("http") else f"https://{said}"


def said(cells: Cells, *, what: str, desk: str, catalogue: Catalogue) -> Said:
    """What a line says; what no column says is read in its text, as the capture line does."""
    place = cells.commune("commune", "postcode")
    who = body(cells, place=place)
    text = cells.text("text")
    known = [f"{who.first_name} {who.last_name}", who.facts.name, place.name if place else ""]
    text = cells.without_names("text", text, known)
    note = cells.without_names("note", cells.text("note"), known)
    thing = cells.text("category")
    heard = catalogue.read(text or thing)
    category = _category(cells, catalogue, thing, heard)
    quantity, unit, as_needed = _how_many(cells, catalogue, category, heard)
    if not text and not thing:
        column = cells.outcome.header("text") or cells.outcome.header("category")
        cells.outcome.wrong(column, "Il manque ce qui est demandé ou offert. Complétez la cellule.")
    starts, ends = cells.day("starts") or heard.from_on, cells.day("ends") or heard.until_on
    if starts and ends and ends < starts:
        cells.outcome.wrong(
            cells.outcome.header("ends"), "La date de fin vient avant la date de début. Corrigez l’une des deux."
        )
    if place is None and heard.commune and not cells.of("commune"):
        place = Territory.objects.communes().filter(code=heard.commune).first()
    return Said(
        body=who,
        title=(text or thing)[:200],
        category=category,
        unit=unit,
        quantity=quantity,
        commune=place,
        starts_on=starts,
        ends_on=ends,
        said_at=_said_at(cells),
        audience=cells.audience() or heard.audience or "",
        people=cells.people() or heard.people,
        mode=cells.mode() or heard.mode or Mode.GIFT,
        every=cells.every() or heard.every or "",
        note=note,
        is_urgent=heard.urgent or cells.says_yes("priority") or "urgent" in folded(cells.text("priority")),
        is_confirmed=cells.says_yes("level"),
        as_needed=as_needed,
        digest=_digest(cells, what=what, desk=desk, who=who, quantity=quantity, unit=unit, text=text, thing=thing),
    )


def _said_at(cells: Cells) -> datetime | None:
    """When it was said to the desk: at nine that day; never in the future."""
    on = cells.day("said_on")
    if on is None:
        return None
    if on > cells.today:
        cells.outcome.wrong(cells.outcome.header("said_on"), "Cette date de demande est à venir. Corrigez-la.")
    return datetime.combine(on, time(9), clock.PARIS).astimezone(UTC)


def _category(cells: Cells, catalogue: Catalogue, thing: str, read: Captured) -> Category | None:
    if found := catalogue.category(thing) if thing else None:
        return found
    if thing and (heard := catalogue.read(thing).category):
        return catalogue.by_code.get(heard)
    if thing:
        cells.outcome.odd(
            cells.outcome.header("category"), f"« {thing} » n’est pas une catégorie connue : à choisir dans la fiche."
        )
    return catalogue.by_code.get(read.category or "")


def _how_many(
    cells: Cells, catalogue: Catalogue, category: Category | None, read: Captured
) -> tuple[Decimal | None, Unit | None, bool]:
    """Quantity and unit; money has cents, and comes from its own column or from the text."""
    if folded(" ".join(map(str, cells.of("quantity")))) in AS_NEEDED:
        return None, _unit(cells, catalogue, category), True
    amount = cells.quantity("amount")
    if amount is None and read.amount_cents is not None and not cells.of("quantity"):
        amount = Decimal(read.amount_cents) / 100
    if amount is not None:
        return _whole_cents(cells, amount), catalogue.units["euro"], False
    quantity, unit = cells.quantity(), _unit(cells, catalogue, category)
    if quantity is None and not cells.of("quantity"):
        quantity, unit = read.quantity, unit or catalogue.units.get(read.unit or "")
    if quantity is not None and category:
        counted = unit or category.unit
        if not fits(category.kind, counted.measure) and counted.measure != Measure.CENT:
            cells.outcome.wrong(
                cells.outcome.header("unit") or cells.outcome.header("quantity"),
                f"« {category.label} » ne se compte pas en {counted.plural}. Corrigez l’unité.",
            )
        elif (quantity * counted.factor) % 1:
            cells.outcome.wrong(
                cells.outcome.header("quantity"),
                f"Une quantité en {counted.plural} ne se coupe pas ainsi : donnez un nombre entier.",
            )
    return quantity, unit, False


def _whole_cents(cells: Cells, amount: Decimal) -> Decimal:
    if (amount * 100) % 1:
        cells.outcome.wrong(cells.outcome.header("amount"), "Un montant a deux décimales au plus. Corrigez-le.")
    return amount


def _unit(cells: Cells, catalogue: Catalogue, category: Category | None) -> Unit | None:
    said = cells.text("unit")
    found = catalogue.unit(said) if said else None
    if said and not found:
        names = ", ".join(unit.label for unit in catalogue.units.values())
        cells.outcome.wrong(cells.outcome.header("unit"), f"« {said} » n’est pas une unité connue ({names}).")
    return found


def _digest(cells: Cells, *, what: str, desk: str, who: Body, text: str, thing: str, **counted: Any) -> str:
    """The same line gives the same digest, whatever the file, the order of its columns, capitals or accents."""
    unit, quantity = counted["unit"], counted["quantity"]
    days = {name: _as_written(cells, name) for name in ("starts", "ends", "said_on")}
    told = {
        "what": what, "desk": desk, "who": who.key, "text": folded(text), "thing": folded(thing),
        "quantity": str((quantity * (unit.factor if unit else 1)).normalize()) if quantity is not None else "",
        "unit": unit.measure if unit else "", "place": _place(cells), "every": cells.every(),
        "audience": folded(cells.text("audience")), **days,
    }  # fmt: skip
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _place(cells: Cells) -> str:
    return folded(" ".join(str(cell) for name in ("postcode", "commune") for cell in cells.of(name)))


def _as_written(cells: Cells, name: str) -> str:
    """A day in one spelling; « 30/4 » stays without a year, so that next year's reading of it is still the same."""
    for cell in cells.of(name)[:1]:
        found = cells.day_or_none(cell)
        if found:
            return found.isoformat() if repairs.has_year(cell) else found.strftime("--%m-%d")
    return ""
