"""The figures of the telephone, each with its definition and the number of contacts it rests on."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.calls import figures
from callcare.calls.figures import Scope
from callcare.calls.forms import PeriodForm
from callcare.calls.rules.counting import Measure
from callcare.calls.templatetags.calls_tags import percent, seconds
from callcare.core import clock, french

BIG = ("answer_rate", "wait_median", "abandoned", "out_of_hours", "call_backs", "resolution")
USUAL = timedelta(days=29)  # thirty days, today included
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


@allow(Role.OPERATOR, Role.STEWARD)
@require_safe
def telephone(request: HttpRequest) -> HttpResponse:
    """How the telephone is answered: by day, by hour, and for an operator her own line."""
    user = person(request)
    desks = figures.desks_of(user)
    form = PeriodForm(request.GET or None, desks=desks)
    scope = _scope(form)
    contacts = figures.received(scope)
    measures = figures.measures(scope, contacts)
    by_code = {one.code: one for one in measures}
    context = {
        "form": form,
        "scope": scope,
        "big": [_said(by_code[code]) for code in BIG],
        "measures": [_said(one) for one in measures],
        "days": [(french.day(row.key, today=clock.today()), row) for row in figures.by_day(contacts)],  # type: ignore[arg-type]
        "curve": [(f"{row.key:%d/%m}", row.offered) for row in figures.by_day(contacts)],
        "hours": [(f"{int(str(row.key))}{french.FIXED}h", row) for row in figures.by_hour(contacts)],
        "week": _week(figures.week(contacts)),
        "mine": figures.of_operator(contacts, user) if user.is_operator else None,
        "by_hand": figures.by_hand(scope),
        "n": len(contacts),
    }
    return render(request, "calls/figures.html", context)


def _scope(form: PeriodForm) -> Scope:
    """The period asked for; what is not said, or said wrongly, is the last thirty days at all of her desks."""
    said = form.cleaned_data if form.is_bound and form.is_valid() else {}
    last = said.get("au") or clock.today()
    first = said.get("du") or last - USUAL
    chosen = said.get("guichet")
    return Scope(min(first, last), last, [chosen] if chosen else list(form.desks.values()))


def _said(measure: Measure) -> dict[str, Any]:
    return {"measure": measure, "value": in_words(measure)}


def in_words(measure: Measure) -> str:
    """« 92 % », « 1 min 05 s », « 12 », and « — » where there is nothing to divide by."""
    if measure.unit == "%":
        return percent(measure.value)
    if measure.unit == "s":
        return seconds(measure.value)
    return "—" if measure.value is None else french.number(round(measure.value))


def _week(lines: list[list[figures.Cell]]) -> dict[str, Any] | None:
    """The heat map, drawn by its own numbers: where each square stands, and its line of a table."""
    if not lines:
        return None
    drawn = [
        {
            "day": WEEKDAYS[line[0].weekday],
            "y": 18 + 26 * index,
            "cells": [
                {"cell": cell, "x": 74 + 40 * place, "middle": 92 + 40 * place} for place, cell in enumerate(line)
            ],
        }
        for index, line in enumerate(lines)
    ]
    hours = [{"label": f"{cell.hour}{french.FIXED}h", "x": 92 + 40 * place} for place, cell in enumerate(lines[0])]
    return {"lines": drawn, "hours": hours, "width": 80 + 40 * len(lines[0]), "height": 24 + 26 * len(lines)}
