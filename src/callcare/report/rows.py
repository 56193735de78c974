"""How the rows behind a figure are shown: when, what, who, where, how much. Never a person's details."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from callcare.core import french
from callcare.report import figures
from callcare.report.figures import Figure, Rows, Scope


@dataclass(frozen=True, slots=True)
class Line:
    """One row, as a reader sees it. `url` opens the thing for those who may."""

    at: datetime
    ref: str
    what: str
    who: str
    where: str
    much: int
    url: str


@dataclass(frozen=True, slots=True)
class Shown:
    rows: Rows
    present: Callable[[Any], Line]


def shown(figure: Figure, scope: Scope) -> Shown:
    """The rows of a figure in the scope, latest first, with what it takes to show them in one query."""
    joins, present = _PRESENTED[figure.code]
    return Shown(figure.in_order(scope).select_related(*joins).order_by(f"-{figure.when}", "-pk"), present)


def _contact(row: Any) -> Line:
    who = row.organisation
    led_to = french.listed(row.led_to) if row.led_to else row.get_state_display()
    where = str(who.commune or "") if who else ""
    url = reverse("desk:contact", args=[row.ref])
    return Line(row.started_at, row.ref, f"{row.get_channel_display()} : {led_to}", str(who or ""), where, 1, url)


def _case(page: str) -> Callable[[Any], Line]:
    def present(row: Any) -> Line:
        url = reverse(page, args=[row.ref])
        what = row.get_state_display()
        return Line(row.opened_at, row.ref, what, str(row.organisation), str(row.commune or ""), 1, url)

    return present


def _introduction(row: Any) -> Line:
    who = f"{row.need.organisation} – {row.giver}"
    url = reverse("introductions:page", args=[row.ref])
    return Line(row.sent_at, row.ref, row.get_state_display(), who, str(row.need.commune or ""), 1, url)


def _delivery(in_pieces: bool) -> Callable[[Any], Line]:  # noqa: FBT001  # one of two ways to say how much
    def present(row: Any) -> Line:
        line = row.allocation.need_line
        need = line.need
        what = f"{line.category} : {line.said(row.net)}"
        url = reverse("needs:page", args=[need.ref])
        much = row.net if in_pieces else 1
        return Line(row.at, need.ref, what, str(need.organisation), str(need.commune or ""), much, url)

    return present


def _people(row: Any) -> Line:
    what = f"{row.get_audience_display()}, {row.get_age_band_display()} ({row.get_method_display()})"
    need = row.need
    url = reverse("needs:page", args=[need.ref])
    return Line(row.counted_at, need.ref, what, str(need.organisation), str(need.commune or ""), row.people, url)


CASE = ("organisation", "commune")
DELIVERY = (
    "allocation__need_line__need__organisation",
    "allocation__need_line__need__commune",
    "allocation__need_line__category",
    "allocation__need_line__unit",
)
_PRESENTED: dict[str, tuple[tuple[str, ...], Callable[[Any], Line]]] = {
    figures.CONTACTS.code: (("organisation__commune",), _contact),
    figures.NEEDS.code: (CASE, _case("needs:page")),
    figures.UNANSWERED.code: (CASE, _case("needs:page")),
    figures.COMMITMENTS.code: (CASE, _case("commitments:page")),
    figures.COMMITTED.code: (CASE, _case("commitments:page")),
    figures.INTRODUCTIONS.code: (("need__organisation", "need__commune", "giver"), _introduction),
    figures.FULFILMENTS.code: (DELIVERY, _delivery(in_pieces=False)),
    figures.COMPUTERS.code: (DELIVERY, _delivery(in_pieces=True)),
    figures.PEOPLE.code: (("need__organisation", "need__commune"), _people),
}
