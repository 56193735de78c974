"""From a row, or from what is being typed, to what the rule knows: `Wanted` and `Offered`."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from callcare.catalogue.models import Category, Unit
from callcare.commitments.models import CommitmentLine
from callcare.core import clock
from callcare.desk.models import Desk
from callcare.desk.rules.hours import Calendar
from callcare.matching.models import OfferedLine, WantedLine
from callcare.matching.rules.facts import TIMES_A_YEAR, Counting, Day, Offered, Place, Settings, Wanted, day_of, point
from callcare.needs.models import NeedLine
from callcare.territories.enums import Level, Precision
from callcare.territories.models import Territory

SETTINGS = Settings()
FRANCE = Calendar()
RHYTHM = {times: every for every, times in TIMES_A_YEAR.items()}


class Captured(Protocol):
    """What the capture line understood, as far as matching reads it (the grammar's own class has more)."""

    @property
    def category(self) -> str | None: ...
    @property
    def quantity(self) -> Decimal | int | None: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def amount_cents(self) -> int | None: ...
    @property
    def commune(self) -> str | None: ...
    @property
    def from_(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...
    @property
    def every(self) -> str | None: ...
    @property
    def mode(self) -> str | None: ...


def this_day(on: date | None = None) -> Day:
    """`on` (today when not said) among the working days of France.

    A desk's own closures do not change a ranking: they are the same for all candidates of a need, and reading them
    would cost every page two queries.
    """
    return day_of(on or clock.today(), settings=SETTINGS, is_open=lambda day: bool(FRANCE.spans(day)))


def solicited_since() -> datetime:
    return clock.now() - timedelta(SETTINGS.solicited_days)


def counting(unit: Unit, factor: int) -> Counting:
    return Counting(unit.measure, unit.label, unit.plural, factor)


def place_of(commune: Territory | None) -> Place:
    if commune is None:
        return Place()
    rough = commune.precision != Precision.EXACT
    return Place(commune.pk, commune.epci_id, point(commune.lat, commune.lon), rough)


def wanted_by(line: NeedLine, row: WantedLine | None = None) -> Wanted:
    """What a need line asks. One query, none with the engine's `row`, when the line came with what it points to."""
    need = line.need
    row = row or WantedLine.objects.filter(pk=line.pk).first()
    served, revision = (row.served_percent, row.revision) if row else (0, line.revision)
    return Wanted(
        category=line.category_id, path=tuple(line.category.path), kind=line.kind, measure=line.measure,
        open=line.qty_requested - line.qty_cancelled - line.qty_reserved, mode=line.mode, every=line.every,
        min_useful=line.min_useful, specs=line.specs, starts_on=need.starts_on, ends_on=need.ends_on,
        place=place_of(need.commune), counting=counting(line.unit, line.factor), desk=line.desk_id, line=line.pk,
        need=need.pk, asker=need.organisation_id, revision=revision, is_open=need.state == "open",
        opened_on=need.opened_at.astimezone(clock.PARIS).date(), served_percent=served,
    )  # fmt: skip


def offered_by(line: CommitmentLine) -> Offered:
    """What a commitment line offers, with how often its giver was asked of late."""
    commitment = line.commitment
    free = line.qty_offered - line.qty_withdrawn - line.qty_reserved
    row = OfferedLine.objects.raw(OF_GIVER, [solicited_since(), line.pk])
    giver = next(iter(row), None)
    confirmed = commitment.confirmed_at
    return Offered(
        category=line.category_id, path=tuple(line.category.path), label=line.category.label, kind=line.kind,
        measure=line.measure, free=free, is_countable=line.is_countable, mode=line.mode, every=line.every,
        specs=line.specs, starts_on=commitment.starts_on, ends_on=commitment.ends_on,
        place=place_of(commitment.commune), radius_km=commitment.radius_km, travel=commitment.travel,
        counting=counting(line.unit, line.factor), desk=line.desk_id, sharing=commitment.sharing, line=line.pk,
        commitment=commitment.pk, giver=commitment.organisation_id,
        revision=giver.revision if giver else line.revision, is_open=commitment.state == "open",
        confirmed_on=confirmed.astimezone(clock.PARIS).date() if confirmed else None,
        is_reachable=giver.is_reachable if giver else True, live=giver.live if giver else 0,
        max_live=commitment.max_open_introductions, solicited=giver.solicited if giver else 0,  # type: ignore[attr-defined]
        breadth=giver.breadth if giver else 1,  # type: ignore[attr-defined]
    )  # fmt: skip


OF_GIVER = """
    SELECT o.*,
        (SELECT count(*) FROM matching_solicitation WHERE giver_id = o.giver_id AND at >= %s)::int AS solicited,
        greatest(1, (SELECT count(*) FROM catalogue_category r
            WHERE (r.path @> ARRAY[k.code]::varchar[] OR r.code = ANY(k.path)) AND EXISTS (
                SELECT FROM matching_wanted w WHERE w.category_id = r.id AND w.is_open AND w.open > 0)
        ))::int AS breadth
    FROM matching_offered o JOIN catalogue_category k ON k.id = o.category_id WHERE o.line_id = %s
"""


def wanted_from_capture(captured: Captured, desk: Desk, *, asker: int | None = None) -> Wanted | None:
    """What is being typed, as a need of this desk; None while no category is understood."""
    found = _typed(captured)
    if found is None:
        return None
    category, unit, measures = found
    return Wanted(
        category=category.pk, path=tuple(category.path), kind=category.kind, measure=unit.measure, open=measures,
        mode=captured.mode or "either", every=captured.every or "", starts_on=captured.from_, ends_on=captured.until,
        place=_place(captured), counting=counting(unit, unit.factor), desk=desk.pk, opened_on=clock.today(),
        asker=asker,
    )  # fmt: skip


def offered_from_capture(captured: Captured, desk: Desk, *, giver: int | None = None) -> Offered | None:
    """What is being typed, as a commitment of this desk, confirmed by the giver who says it."""
    found = _typed(captured)
    if found is None:
        return None
    category, unit, measures = found
    return Offered(
        category=category.pk, path=tuple(category.path), label=category.label, kind=category.kind,
        measure=unit.measure, free=measures, mode=captured.mode or "either", every=captured.every or "",
        starts_on=captured.from_, ends_on=captured.until, place=_place(captured), desk=desk.pk,
        counting=counting(unit, unit.factor), confirmed_on=clock.today(), giver=giver,
    )  # fmt: skip


def _typed(captured: Captured) -> tuple[Category, Unit, int] | None:
    category = Category.objects.select_related("unit").filter(code=captured.category or "").first()
    if category is None:
        return None
    unit = category.unit
    if captured.unit and captured.unit != unit.code:
        unit = Unit.objects.filter(code=captured.unit).first() or unit
    if captured.amount_cents and unit.measure == "cent":
        return category, unit, captured.amount_cents
    return category, unit, max(1, int((captured.quantity or 1) * unit.factor))


def _place(captured: Captured) -> Place:
    if not captured.commune:
        return Place()
    return place_of(Territory.objects.filter(level=Level.COMMUNE, code=captured.commune).first())


def wanted_from(card: Mapping[str, Any]) -> Wanted:
    """A need line as the engine read it."""
    return Wanted(
        category=card["category"], path=tuple(card["path"]), kind=card["kind"], measure=card["measure"],
        open=card["open"], mode=card["mode"], every=card["every"], min_useful=card["min_useful"], specs=card["specs"],
        starts_on=_date(card["starts_on"]), ends_on=_date(card["ends_on"]), place=_place_from(card),
        counting=_counting_from(card), desk=card["desk"], line=card["line"], need=card["need"],
        asker=card["organisation"], revision=card["revision"], is_open=card["is_open"],
        opened_on=_date(card["opened_on"]), served_percent=card["served_percent"],
    )  # fmt: skip


def offered_from(card: Mapping[str, Any]) -> Offered:
    """A commitment line as the engine read it."""
    return Offered(
        category=card["category"], path=tuple(card["path"]), label=card["label"], kind=card["kind"],
        measure=card["measure"], free=card["free"], is_countable=card["is_countable"], mode=card["mode"],
        every=card["every"], specs=card["specs"], starts_on=_date(card["starts_on"]), ends_on=_date(card["ends_on"]),
        place=_place_from(card), radius_km=card["radius_km"], travel=card["travel"], counting=_counting_from(card),
        desk=card["desk"], sharing=card["sharing"], line=card["line"], commitment=card["commitment"],
        giver=card["organisation"], revision=card["revision"], is_open=card["is_open"],
        confirmed_on=_date(card["confirmed_on"]), is_reachable=card["is_reachable"], live=card["live"],
        max_live=card["max_live"], solicited=card["solicited"], breadth=card["breadth"],
    )  # fmt: skip


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _place_from(card: Mapping[str, Any]) -> Place:
    where = None if card["x"] is None else (card["x"], card["y"], card["z"])
    return Place(card["commune"], card["epci"], where, card["is_rough"])


def _counting_from(card: Mapping[str, Any]) -> Counting:
    return Counting(card["measure"], card["unit"], card["units"], card["factor"])
