"""The review, and the rows behind each of its figures."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.core import clock, french
from callcare.core.deeds import Refused
from callcare.core.listing import KeyPaginator
from callcare.core.replica import from_replica
from callcare.desk.models import desk_keys, desks_of
from callcare.outcomes.models import Outcome
from callcare.report import equity as fairness, figures
from callcare.report.actions import set_target
from callcare.report.figures import NOWHERE, Figure, Scope
from callcare.report.forms import ScopeForm, TargetForm
from callcare.report.models import Target
from callcare.report.months import Table, table_of, value_of
from callcare.report.permissions import may_aim
from callcare.report.rows import shown
from callcare.report.rules import Period, forecast, month_of, months, pace
from callcare.report.templatetags.counts import Column, Counts


def _scope(request: HttpRequest, running: Iterable[Target]) -> tuple[Scope, ScopeForm]:
    """What is asked for, within what she may see. Without a period: from the oldest running target, else this year."""
    user = person(request)
    desks = list(figures.desks_of(user).order_by("name")) if user.is_steward else desks_of(user)
    form = ScopeForm(request.GET or None, desks=desks)
    today = clock.today()
    since = min((target.from_on for target in running if target.due_on >= today), default=None)
    period = form.period(otherwise=Period(since or today.replace(month=1, day=1), today))
    said = form.cleaned_data if form.is_bound and form.is_valid() else {}
    one = said.get("guichet")
    chosen = frozenset([one.pk]) if one else frozenset(desk.pk for desk in desks)
    return Scope(period, chosen, said.get("departement") or ""), form


def _query(request: HttpRequest, scope: Scope, **more: str) -> str:
    facts = {"du": scope.period.first.isoformat(), "au": scope.period.last.isoformat()}
    facts |= {name: request.GET[name] for name in ("guichet", "departement") if request.GET.get(name)}
    return urlencode(facts | more)


@allow(Role.OPERATOR, Role.STEWARD)
@require_safe
@from_replica
def review(request: HttpRequest) -> HttpResponse:
    """Where do we stand? Targets, the way from a contact to a person helped, by month and territory."""
    known = list(Target.objects.order_by("indicator", "due_on"))
    scope, form = _scope(request, known)
    table = table_of(scope)
    opened = {code: reverse("report:rows", args=[code]) for code in figures.ALL}
    address = {code: f"{url}?{_query(request, scope)}" for code, url in opened.items()}
    context = {
        "scope": scope,
        "form": form,
        "gauges": _gauges(scope, known, table, address),
        "funnel": [(figure.label, table.total[figure.code], address[figure.code]) for figure in figures.FUNNEL],
        "by_month": _by_month(request, scope, table),
        "by_place": _by_place(request, scope, table, form.place_names()),
        "columns": [Column(one.label, one.definition, opened[one.code]) for one in figures.FUNNEL],
        "weeks": [(f"{week:%d/%m}", n) for week, n in table.weeks],
        "places": figures.needs_by_commune(scope),
        "thanks": _thanks(request, scope),
        "unanswered": figures.named(table.lacking),
        "unanswered_url": address[figures.UNANSWERED.code],
        "may_look": person(request).is_operator,
        "may_aim": may_aim(person(request)),
        "now": clock.now(),
    }
    return render(request, "report/review.html", context, status=422 if form.errors else 200)


def _thanks(request: HttpRequest, scope: Scope) -> list[tuple[Outcome, str]]:
    """The words that are published, each with the page where its own desk corrects or withdraws it."""
    user = person(request)
    mine = set(desk_keys(user)) if user.is_operator else set()
    said = figures.thanks(scope)
    return [
        (one, reverse("outcomes:words", args=[one.need.ref, one.pk]) if one.desk_id in mine else "") for one in said
    ]


def _gauges(scope: Scope, known: Iterable[Target], table: Table, address: dict[str, str]) -> list[dict[str, Any]]:
    """The three figures with a target, each with where it should be today."""
    today = clock.today()
    ours = [one for one in known if one.desk_id in {None, *scope.desks} and one.due_on >= scope.period.first]
    targets = {target.indicator: target for target in ours}
    drawn = []
    for figure in figures.AIMED:
        value = table.total[figure.code]
        target = targets.get(figure.code)
        notes = []
        if target:
            period = Period(target.from_on, target.due_on)
            where = pace(value=value, target=target.value, period=period, today=today)
            if (then := forecast(value=value, period=period, today=today)) is not None and today < period.last:
                notes.append(f"au rythme actuel : {french.number(then)} le {french.day(period.last, today=today)}")
        else:
            where = 0
        if figure is figures.COMPUTERS:
            notes.insert(0, f"annoncés {french.number(table.total['computers_announced'])}")
            notes.insert(1, f"confirmés {french.number(table.total['computers_confirmed'])}")
        drawn.append(
            {
                "label": figure.label,
                "value": value,
                "target": target.value if target else 0,
                "pace": where,
                "note": " · ".join(notes),
                "url": address[figure.code],
            }
        )
    return drawn


def _by_month(request: HttpRequest, scope: Scope, table: Table) -> list[Counts]:
    """A line for each month, also the empty ones; each number opens its rows."""
    lines = []
    for first in months(scope.period):
        whole = month_of(first)
        inside = {
            "du": max(whole.first, scope.period.first).isoformat(),
            "au": min(whole.last, scope.period.last).isoformat(),
        }
        counted = tuple(table.by_month[first, figure.code] for figure in figures.FUNNEL)
        label = f"{french.MONTHS[first.month - 1]} {first.year}"
        lines.append(Counts(label, _query(request, scope, **inside), counted))
    return lines


def _by_place(request: HttpRequest, scope: Scope, table: Table, names: dict[str, str]) -> list[Counts]:
    """A line for each département where something happened, the busiest first, the unknown place last."""
    sums = table.by_place
    places = sorted({place for place, _ in sums}, key=lambda place: (not place, -sums[place, "contacts"], place))
    lines = []
    for place in places:
        counted = tuple(sums[place, figure.code] for figure in figures.FUNNEL)
        label = names.get(place, place) if place else "Lieu non précisé"
        lines.append(Counts(label, _query(request, scope, departement=place or NOWHERE), counted))
    return lines


@allow(Role.OPERATOR, Role.STEWARD)
@require_safe
@from_replica
def rows(request: HttpRequest, code: str) -> HttpResponse:
    """The rows behind one figure: as many, or adding up to as much, as the figure says."""
    figure: Figure | None = figures.ALL.get(code)
    if figure is None:
        raise Http404
    scope, form = _scope(request, Target.objects.all())
    found = shown(figure, scope)
    value = value_of(figure, scope)
    many = None if figure.weight else value  # without a weight, each row is one of the figure
    context = {
        "figure": figure,
        "value": value,
        "page": KeyPaginator(found.rows, 50, count=many).get_page(request.GET.get("page")),
        "present": found.present,
        "scope": scope,
        "form": form,
        "back": f"{reverse('report:review')}?{_query(request, scope)}",
        "opens": person(request).is_operator,
    }
    context["lines"] = [found.present(row) for row in context["page"]]  # type: ignore[attr-defined]
    return render(request, "report/rows.html", context)


@allow(Role.STEWARD)
@require_http_methods(["GET", "HEAD", "POST"])
def targets(request: HttpRequest) -> HttpResponse:
    """Set an objective, and see those there are."""
    form = TargetForm(request.POST or None, initial=TargetForm.usual())
    if form.is_valid():
        try:
            set_target(by=person(request), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "L’objectif est fixé.")
            return redirect("report:targets")
    known = Target.objects.select_related("desk").order_by("-due_on", "indicator")
    status = 422 if form.errors else 200
    return render(request, "report/targets.html", {"form": form, "targets": known}, status=status)


@allow(Role.OPERATOR, Role.STEWARD)
@require_safe
@from_replica
def equity(request: HttpRequest) -> HttpResponse:
    """Is help where the needs are? By territory, by public, and who is asked most often."""
    scope, form = _scope(request, Target.objects.all())
    asked, givers = fairness.asked_in_all(scope)
    most = fairness.asked_most(scope)
    context = {
        "scope": scope, "form": form, "definitions": fairness.DEFINITIONS.items(),
        "places": _shares(request, scope, fairness.by_place(scope), "territoire"),
        "publics": _shares(request, scope, fairness.by_public(scope), "public"),
        "asked": asked, "givers": givers, "most": [(*one, _part_of(one[2], most[0][2])) for one in most],
        "opens": person(request).is_operator,
    }  # fmt: skip
    return render(request, "report/equity.html", context, status=422 if form.errors else 200)


def _part_of(value: int, whole: int) -> float:
    return round(100 * value / whole, 1) if whole else 0.0


def _shares(request: HttpRequest, scope: Scope, shares: Iterable[fairness.Share], by: str) -> list[dict[str, Any]]:
    """Each line with the addresses of the rows behind its numbers."""
    where = reverse("report:equity-rows")

    def address(one: fairness.Share, served: str) -> str:
        return f"{where}?{_query(request, scope, **{by: one.key}, **({'servis': served} if served else {}))}"

    return [
        {"share": one, "all": address(one, ""), "served": address(one, "oui"), "waiting": address(one, "non")}
        for one in shares
    ]


@allow(Role.OPERATOR, Role.STEWARD)
@require_safe
@from_replica
def equity_rows(request: HttpRequest) -> HttpResponse:
    """The needs behind one number of the page: as many, and the same sums."""
    scope, form = _scope(request, Target.objects.all())
    said = {"place": "territoire", "public": "public", "served": "servis"}
    which = {name: request.GET.get(word, "") for name, word in said.items()}
    found = fairness.behind(scope, **which)
    page = KeyPaginator(found, 50).get_page(request.GET.get("page"))
    context = {
        "scope": scope, "form": form, "page": page, "lines": fairness.with_wait(page),
        "sums": fairness.sums_of(scope, **which), "opens": person(request).is_operator,
        "back": f"{reverse('report:equity')}?{_query(request, scope)}",
    }  # fmt: skip
    return render(request, "report/equity_rows.html", context)
