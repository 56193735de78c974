"""« Pistes du jour »: what the round of the night raised, need by need, and what is done about each pair."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.core import clock
from callcare.core.deeds import Refused
from callcare.matching import actions
from callcare.matching.forms import DismissForm, PairForm
from callcare.matching.models import Suggestion
from callcare.matching.mornings import morning_of


@allow(Role.OPERATOR)
@require_safe
def morning(request: HttpRequest) -> HttpResponse:
    """The pairs of this morning, and those left of the days before."""
    shown = morning_of(person(request), page=request.GET.get("page"))
    context = {"morning": shown, "page": shown.page, "form": DismissForm(auto_id=False).shown_often()}
    return render(request, "matching/morning.html", context)


def _of_hers(request: HttpRequest, form: PairForm) -> Suggestion:
    """The pair that was pressed, if it is still shown to her."""
    rows = Suggestion.objects.visible_to(person(request)).shown(clock.today()).standing()
    rows = rows.select_related("need_line__need", "commitment_line")
    said = {"need_line": form.cleaned_data["need_line"], "commitment_line": form.cleaned_data["commitment_line"]}
    return get_object_or_404(rows, **said)


@allow(Role.OPERATOR)
@require_POST
def aside(request: HttpRequest) -> HttpResponse:
    """Never raise this pair again, for a reason."""
    form = DismissForm(request.POST)
    if not form.is_valid():
        return render(request, "matching/morning_aside.html", {"form": form}, status=422)
    one = _of_hers(request, form)
    try:
        actions.dismiss(
            one.need_line, commitment_line=one.commitment_line, reason=form.cleaned_data["reason"],
            because=form.cleaned_data["because"], by=person(request),
        )  # fmt: skip
        messages.success(request, f"La piste est écartée : elle ne sera plus proposée pour {one.need_line.need.ref}.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("matching:morning")


@allow(Role.OPERATOR)
@require_POST
def later(request: HttpRequest) -> HttpResponse:
    """Not now: the pair comes back when one of the two changes."""
    form = PairForm(request.POST)
    if not form.is_valid():
        return redirect("matching:morning")
    one = _of_hers(request, form)
    actions.put_off(one.need_line, commitment_line=one.commitment_line, by=person(request))
    messages.success(request, "Remise à plus tard : la piste reviendra quand l’une des deux fiches changera.")
    return redirect("matching:morning")
