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
from callcare.needs.models import Need
from callcare.outcomes.actions import record_result, reword
from callcare.outcomes.enums import CountMethod
from callcare.outcomes.forms import OutcomeForm, PeopleForm, RewordForm
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
    """Note the result told on the telephone: the numbers and three questions, sent together."""
    need = _need(request, ref)
    sent = request.POST if request.method == "POST" else None
    outcome, people = OutcomeForm(sent, need=need), PeopleForm(sent, need=need)
    if request.method == "POST" and all([outcome.is_valid(), people.is_valid()]):
        try:
            method = CountMethod(people.cleaned_data["method"])
            record_result(by=person(request), need=need, said=outcome.said(), counts=people.counts(), method=method)
        except Refused as refusal:
            outcome.add_error(None, str(refusal))
        else:
            messages.success(request, "Le résultat est noté.")
            return redirect("needs:page", ref)
    is_wrong = bool(outcome.errors or people.errors)
    context = {"need": need, "outcome": outcome, "people": people, "is_wrong": is_wrong}
    return render(request, "outcomes/record.html", context, status=422 if is_wrong else 200)


@allow(Role.OPERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Correct what somebody said, or withdraw it from what is published."""
    need = _need(request, ref)
    outcome = get_object_or_404(Outcome.objects.visible_to(person(request)).filter(need=need), pk=pk)
    read = {"verbatim": outcome.verbatim, "seen": outcome.verbatim, "may_publish": outcome.may_publish}
    form = RewordForm(request.POST if request.method == "POST" else None, need=need, initial=read)
    if form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("seen", "verbatim", "may_publish", "because")}
        try:
            reword(outcome, by=person(request), **facts)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = "Ces mots sont publiés." if outcome.may_publish else "Ces mots restent au guichet."
            messages.success(request, f"La correction est notée. {said}")
            return redirect("needs:page", ref)
    context = {"need": need, "outcome": outcome, "form": form}
    return render(request, "outcomes/words.html", context, status=422 if form.errors else 200)
