"""« Pondérations »: what each part of the score is worth, what others would change this week, and those before."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.core.deeds import Refused
from callcare.matching import actions
from callcare.matching.forms import WeightsForm
from callcare.matching.models import Weights
from callcare.matching.rules.facts import WEIGHTS
from callcare.matching.rules.weighing import ALL, PARTS
from callcare.matching.trying import sample, tried
from callcare.matching.weights import USUAL

SETS = 20  # of those before
SAVE = "save"


@allow(Role.STEWARD)
@require_http_methods(["GET", "HEAD", "POST"])
def weights(request: HttpRequest) -> HttpResponse:
    """See the weights, try others on this week's needs, then set them. Earlier sets are tried and set the same way."""
    known = list(Weights.objects.select_related("by").order_by("-set_at", "-pk")[:SETS])
    force = next((one for one in known if one.is_in_force), None)
    form = WeightsForm(request.POST or None, initial=_initial(request, known, force))
    status, shown = 200, []
    if form.is_bound and not form.is_valid():
        status = 422
    elif form.is_bound and request.POST.get("deed") == SAVE:
        try:
            seen = form.cleaned_data["seen"] or None
            actions.set_weights(form.points, seen=seen, by=person(request), because=form.cleaned_data["because"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            messages.success(request, "Les pondérations sont en vigueur : toutes les listes les suivent déjà.")
            return redirect("matching:weights")
    elif form.is_bound:
        old = USUAL.weighed(force.points) if force else USUAL
        shown = tried(sample(), old=old, new=old.weighed(form.points))
    context = {
        "form": form, "known": [(one, [one.points[name] for name in WEIGHTS]) for one in known], "force": force,
        "is_tried": form.is_bound and status == 200, "tried": shown, "all": ALL,
        "changed": sum(one.is_first_changed for one in shown),
        "labels": [PARTS[name].label for name in WEIGHTS], "usual": [getattr(USUAL, name) for name in WEIGHTS],
    }  # fmt: skip
    return render(request, "matching/weights.html", context, status=status)


def _initial(request: HttpRequest, known: list[Weights], force: Weights | None) -> dict[str, Any]:
    """Those in force; or an earlier set, to be tried again; or the rule's own."""
    asked = request.GET.get("version", "")
    usual = {name: getattr(USUAL, name) for name in WEIGHTS}
    points = force.points if force else usual
    if asked == "usuelles":
        points = usual
    elif earlier := next((one for one in known if str(one.pk) == asked), None):
        points = earlier.points
    return {**points, "seen": force.pk if force else None}
