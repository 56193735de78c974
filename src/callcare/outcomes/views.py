"""Pages of results: what each side says, how many people."""

from typing import cast

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.core.deeds import Refused
from callcare.desk.rules import privacy
from callcare.needs.models import Need
from callcare.outcomes.actions import count_people, record_outcome
from callcare.outcomes.enums import CountMethod
from callcare.outcomes.forms import OutcomeForm, PeopleForm
from callcare.outcomes.models import Outcome, PeopleCount


def _need(request: HttpRequest, ref: str) -> Need:
    mine = Need.objects.visible_to(person(request)).select_related("organisation", "desk")
    return cast("Need", get_object_or_404(mine, ref=ref))


@allow(Role.OPERATOR)
@require_safe
def of_need(request: HttpRequest, ref: str) -> HttpResponse:
    """What came of a need, in a few lines."""
    need = _need(request, ref)
    counts = PeopleCount.objects.filter(need=need).order_by("audience", "age_band")
    context = {
        "need": need,
        "counts": counts,
        "total": counts.aggregate(n=Sum("people"))["n"] or 0,
        "outcomes": Outcome.objects.visible_to(person(request)).filter(need=need).order_by("-answered_at"),
    }
    return render(request, "outcomes/of_need.html", context)


@allow(Role.OPERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, ref: str) -> HttpResponse:
    """Note the result told on the telephone: three questions and the numbers, each form on its own."""
    need = _need(request, ref)
    counting = request.POST.get("what") == "people"
    outcome = OutcomeForm(request.POST if request.method == "POST" and not counting else None)
    people = PeopleForm(request.POST if counting else None, need=need)
    form = people if counting else outcome
    if request.method == "POST" and form.is_valid():
        try:
            _write(request, need, form)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("outcomes:record", ref)
    context = {"need": need, "outcome": outcome, "people": people, "form": form if form.errors else None}
    return render(request, "outcomes/record.html", context, status=422 if form.errors else 200)


def _write(request: HttpRequest, need: Need, form: OutcomeForm | PeopleForm) -> None:
    if isinstance(form, PeopleForm):
        method = CountMethod(form.cleaned_data["method"])
        count_people(by=person(request), need=need, counts=form.counts(), method=method)
        messages.success(request, "Les personnes accompagnées sont comptées.")
        return
    record_outcome(by=person(request), need=need, **form.cleaned_data)
    messages.success(request, "Le résultat est noté.")
    for finding in privacy.found_in(form.cleaned_data["verbatim"]):
        messages.warning(request, finding.advice)
