"""Who can help, beside a need, beside a commitment, and while the line is typed. For operators, in their own rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.commitments.models import Commitment, CommitmentLine
from callcare.core.deeds import Refused
from callcare.core.replica import from_replica
from callcare.desk.requests import current_desk
from callcare.directory.models import Organisation
from callcare.matching import actions, links
from callcare.matching.candidates import Candidate, Found, candidates_for_need, needs_for_commitment
from callcare.matching.forms import DismissForm, PreviewForm, RestoreForm
from callcare.matching.lines import offered_by, offered_from_capture, this_day, wanted_by, wanted_from_capture
from callcare.matching.models import Dismissal, WantedLine
from callcare.matching.overview import overview_of
from callcare.matching.unanswered import Asked, age_of, groups_of, lines_without_solution
from callcare.matching.weights import in_force
from callcare.needs.models import Need, NeedLine

AT_THE_CONSOLE = 3
ON_A_PAGE = 5
ON_A_LIST = 20
DISTANCES = ("20", "50", "100", "200")  # km one can choose
LINES = 3  # of one case, searched at once; the rest have their page


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of a case with what the engine found for it."""

    line: NeedLine | CommitmentLine
    found: Found
    rows: tuple[tuple[Candidate, str], ...]  # each with the address of « Relier »


def _need_lines(need: Need) -> list[NeedLine]:
    lines = need.lines.select_related("need__commune", "category", "unit").order_by("pk")
    return [line for line in lines if line.qty_open > 0]


def _searched(need: Need, *, all_misses: bool = False) -> list[Shown]:
    lines = _need_lines(need)[:LINES]
    rows = WantedLine.objects.in_bulk([line.pk for line in lines])
    today, by, shown = this_day(), in_force(), []
    for line in lines:
        wanted = wanted_by(line, rows.get(line.pk))
        found = candidates_for_need(wanted, today=today, limit=ON_A_PAGE, all_misses=all_misses, settings=by)
        shown.append(Shown(line, found, _related(found.candidates, need_line=line.pk)))
    return shown


def _related(
    candidates: Iterable[Candidate], *, need_line: int | None = None, commitment_line: int | None = None
) -> tuple[tuple[Candidate, str], ...]:
    return tuple(
        (one, links.relate(need_line=need_line or one.line, commitment_line=commitment_line or one.line))
        for one in candidates
    )


def _visible_need(request: HttpRequest, ref: str) -> Need:
    return cast("Need", get_object_or_404(Need.objects.visible_to(person(request)).select_related("desk"), ref=ref))


@allow(Role.OPERATOR)
@require_safe
@from_replica
def of_need(request: HttpRequest, ref: str) -> HttpResponse:
    """Who can help: the candidates of each line still open."""
    need = _visible_need(request, ref)
    context = {"need": need, "shown": _searched(need), "form": DismissForm(auto_id=False).shown_often()}
    return render(request, "matching/of_need.html", context)


@allow(Role.OPERATOR)
@require_safe
@from_replica
def overview(request: HttpRequest, ref: str) -> HttpResponse:
    """All the candidates of one line, two hundred at most, with the map around the need."""
    need = _visible_need(request, ref)
    lines = _need_lines(need)
    asked, km = request.GET.get("ligne", ""), request.GET.get("km", "")
    line = next((one for one in lines if str(one.pk) == asked), lines[0] if lines else None)
    within = int(km) if km in DISTANCES else None
    context = {
        "need": need, "lines": lines, "line": line, "km": within or "",
        "all": overview_of(line, user=person(request), within_km=within) if line else None,
        "distances": [("", "toutes"), *((int(one), f"moins de {one} km") for one in DISTANCES)],
    }  # fmt: skip
    return render(request, "matching/overview.html", context)


@allow(Role.OPERATOR)
@require_safe
@from_replica
def why(request: HttpRequest, ref: str) -> HttpResponse:
    """Why so few, or none: what each filter removed, who was missed by one filter only, and what was set aside."""
    need = _visible_need(request, ref)
    aside = Dismissal.objects.visible_to(person(request)).holding().filter(need_line__need=need)
    context = {
        "need": need,
        "shown": _searched(need, all_misses=True),
        "aside": aside.select_related("commitment_line__commitment__organisation", "giver", "reason", "by"),
        "form": RestoreForm(auto_id=False),
    }
    return render(request, "matching/why.html", context)


@allow(Role.OPERATOR)
@require_safe
@from_replica
def unanswered(request: HttpRequest) -> HttpResponse:
    """Needs without solution, by territory, category and age; each says why as soon as the page is there."""
    said = request.GET
    days = said.get("jours", "")
    asked = Asked(
        departement=said.get("departement", ""), category=said.get("categorie", ""),
        days=int(days) if days in {"7", "21", "45"} else 0,
    )  # fmt: skip
    lines = lines_without_solution(person(request), asked)
    shown = lines.select_related("need__organisation", "need__commune", "category", "unit")
    page = Paginator(shown.order_by("need__opened_at", "pk"), ON_A_LIST).get_page(said.get("page"))
    kept = {"departement": asked.departement, "categorie": asked.category}
    context = {
        "page": page, "groups": groups_of(lines), "asked": asked, "is_filtered": asked != Asked(),
        "rows": [(line, age_of(line.need.opened_at)) for line in page],
        "keep": urlencode({name: value for name, value in kept.items() if value}),
        "ages": [(0, "Tous"), (7, "Plus de 7 jours"), (21, "Plus de 21 jours"), (45, "Plus de 45 jours")],
    }  # fmt: skip
    return render(request, "matching/unanswered.html", context)


@allow(Role.OPERATOR)
@require_safe
@from_replica
def cascade(request: HttpRequest, ref: str) -> HttpResponse:
    """Why one need waits, in a line: what is still to look at, or what each filter removed."""
    need = _visible_need(request, ref)
    return render(request, "matching/cascade.html", {"need": need, "shown": _searched(need)})


@allow(Role.OPERATOR)
@require_safe
@from_replica
def of_commitment(request: HttpRequest, ref: str) -> HttpResponse:
    """Whom it would help: the needs of the same desk that each line would serve."""
    mine = Commitment.objects.visible_to(person(request)).select_related("desk")
    commitment = cast("Commitment", get_object_or_404(mine, ref=ref))
    lines = commitment.lines.select_related("commitment__commune", "category", "unit").order_by("pk")[:LINES]
    today, by, shown = this_day(), in_force(), []
    for line in lines:
        found = needs_for_commitment(offered_by(line), today=today, limit=ON_A_PAGE, settings=by)
        shown.append(Shown(line, found, _related(found.candidates, commitment_line=line.pk)))
    return render(request, "matching/of_commitment.html", {"commitment": commitment, "shown": shown})


@allow(Role.OPERATOR)
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """While the line is typed: the three best, or what stands in the way. Nothing is written."""
    desk, form = current_desk(request), PreviewForm(request.POST)
    typed, today = form.typed(), this_day()
    is_need = form.cleaned_data.get("side") != "commitment"
    known = Organisation.objects.filter(ref=form.cleaned_data.get("organisation") or "")
    who = known.values_list("pk", flat=True).first()
    found: Found | None = None
    if is_need and (wanted := wanted_from_capture(typed, desk, asker=who)):
        found = candidates_for_need(wanted, today=today, limit=AT_THE_CONSOLE)
    elif not is_need and (offered := offered_from_capture(typed, desk, giver=who)):
        found = needs_for_commitment(offered, today=today, limit=AT_THE_CONSOLE)
    best = found.candidates[:AT_THE_CONSOLE] if found else ()
    context = {"is_need": is_need, "found": found, "best": best, "form_id": form.cleaned_data.get("form", "")}
    return render(request, "matching/preview.html", context)


@allow(Role.OPERATOR)
@require_POST
def dismiss(request: HttpRequest, ref: str) -> HttpResponse:
    """Never propose this pair again."""
    need, form = _visible_need(request, ref), DismissForm(request.POST)
    if not form.is_valid():
        return render(request, "matching/dismissal.html", {"need": need, "form": form}, status=422)
    facts: dict[str, Any] = form.cleaned_data
    line = get_object_or_404(need.lines, pk=facts["need_line"])
    offers = Commitment.objects.offered_to(need.desk)
    offered = get_object_or_404(CommitmentLine, pk=facts["commitment_line"], commitment__in=offers)
    try:
        actions.dismiss(
            line, commitment_line=offered, reason=facts["reason"], because=facts["because"], by=person(request)
        )
        messages.success(request, "Cette piste ne sera plus proposée pour ce besoin.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("matching:why", need.ref)


@allow(Role.OPERATOR)
@require_POST
def restore(request: HttpRequest, ref: str) -> HttpResponse:
    """Let a pair be proposed again, saying why."""
    need, form = _visible_need(request, ref), RestoreForm(request.POST)
    if not form.is_valid():
        return render(request, "matching/dismissal.html", {"need": need, "form": form}, status=422)
    aside = Dismissal.objects.visible_to(person(request)).filter(need_line__need=need)
    one = get_object_or_404(aside, pk=form.cleaned_data["dismissal"])
    actions.restore(one, by=person(request), because=form.cleaned_data["because"])
    messages.success(request, "La piste est remise.")
    return redirect("matching:why", need.ref)
