"""Pages of promises and hand-overs."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.allocations import actions
from callcare.allocations.enums import AllocationState, FulfilmentKind
from callcare.allocations.forms import CorrectForm, DeliverForm, FailForm, PromiseForm, ReleaseForm, ReturnForm, typed
from callcare.allocations.models import Allocation
from callcare.allocations.views.sharing import line_to_share
from callcare.catalogue.enums import Mode
from callcare.commitments.models import Commitment
from callcare.core import clock
from callcare.core.deeds import Refused
from callcare.introductions.models import Introduction
from callcare.needs.models import Need

SHOWN = (
    "need_line__need__organisation", "need_line__unit", "need_line__category", "commitment_line__unit",
    "commitment_line__commitment__organisation", "introduction", "owner", "desk", "reason",
)  # fmt: skip


def _mine(request: HttpRequest) -> Any:
    return Allocation.objects.visible_to(person(request)).select_related(*SHOWN).order_by("-made_at", "-pk")


@allow(Role.OPERATOR)
@require_safe
def of_need(request: HttpRequest, ref: str) -> HttpResponse:
    """What is promised to a need, and the way to promise more."""
    need = get_object_or_404(Need.objects.visible_to(person(request)), ref=ref)
    found = _mine(request).filter(need_line__need=need)
    return render(
        request,
        "allocations/of.html",
        {"allocations": found, "of": need, "need": need, "side": "need", "shared_line": None},
    )


@allow(Role.OPERATOR)
@require_safe
def of_commitment(request: HttpRequest, ref: str) -> HttpResponse:
    """To whom a commitment is promised."""
    commitment = get_object_or_404(Commitment.objects.visible_to(person(request)), ref=ref)
    found = _mine(request).filter(commitment_line__commitment=commitment)
    context = {
        "allocations": found, "of": commitment, "need": None, "side": "commitment",
        "shared_line": line_to_share(cast("Commitment", commitment)),
    }  # fmt: skip
    return render(request, "allocations/of.html", context)


@allow(Role.OPERATOR)
@require_safe
def of_introduction(request: HttpRequest, ref: str) -> HttpResponse:
    """What was promised through an introduction."""
    mine = Introduction.objects.visible_to(person(request)).select_related("need")
    introduction = get_object_or_404(mine, ref=ref)
    found = _mine(request).filter(introduction=introduction)
    context = {
        "allocations": found, "of": introduction, "need": introduction.need, "side": "introduction",
        "introduction": introduction, "shared_line": None,
    }  # fmt: skip
    return render(request, "allocations/of.html", context)


@allow(Role.OPERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def promise(request: HttpRequest, ref: str) -> HttpResponse:
    """Promise a quantity to a need: from whom, how much, for when."""
    mine = Need.objects.visible_to(person(request)).select_related("organisation", "desk")
    need = cast("Need", get_object_or_404(mine, ref=ref))
    introduction = _introduction(request, need)
    form = PromiseForm(request.POST or None, need=need, introduction=introduction)
    if form.is_valid():
        try:
            made = _promise(request, form.cleaned_data, introduction)
        except Refused as refusal:
            form.add_error("quantity", str(refusal))
        else:
            messages.success(
                request, "La quantité est promise." if made.held_until is None else "La quantité est retenue."
            )
            return redirect("allocations:page", made.ref)
    context = {"form": form, "need": need, "introduction": introduction}
    return render(request, "allocations/promise.html", context, status=422 if form.errors else 200)


def _introduction(request: HttpRequest, need: Need) -> Introduction | None:
    ref = request.POST.get("introduction") or request.GET.get("introduction", "")
    return Introduction.objects.visible_to(person(request)).filter(need=need, ref=ref).first() if ref else None


def _promise(request: HttpRequest, facts: dict[str, Any], introduction: Introduction | None) -> Allocation:
    need_line, commitment_line = facts["need_line"], facts["commitment_line"]
    met = introduction if introduction and introduction.commitment_line_id in {None, commitment_line.pk} else None
    if met is None:  # she chose another offer than the one the page was opened for
        met = Introduction.objects.filter(need=need_line.need_id, commitment_line=commitment_line).first()
    both = {"need_line": need_line, "commitment_line": commitment_line, "qty": facts["qty"], "introduction": met}
    if facts["only_hold"]:
        return actions.hold(by=person(request), **both)
    return actions.promise(by=person(request), promised_for=facts["promised_for"], **both)


def _find(request: HttpRequest, ref: str) -> Allocation:
    allocation: Allocation = get_object_or_404(_mine(request), ref=ref)
    return allocation


def _page(request: HttpRequest, allocation: Allocation, *, status: int = 200, **forms: Any) -> HttpResponse:
    left = allocation.qty - allocation.qty_fulfilled - allocation.qty_released
    line = allocation.need_line
    out = allocation.qty_fulfilled - allocation.qty_returned
    context = {
        "allocation": allocation,
        "left": left,
        "out": out,
        "is_live": allocation.state in {AllocationState.HELD, AllocationState.CONFIRMED},
        "is_held": allocation.state == AllocationState.HELD,
        "is_loan": allocation.commitment_line.mode != Mode.GIFT and out > 0,
        "fulfilments": allocation.fulfilments.select_related("by", "corrects").order_by("at", "pk"),
        "form": None,
        "deliver": DeliverForm(allocation=allocation, initial={"quantity": typed(line, left), "day": clock.today()}),
        "take_back": ReturnForm(allocation=allocation, auto_id="retour_%s", initial={"quantity": typed(line, out)}),
        "release": ReleaseForm(auto_id="rendu_%s"),
        "fail": FailForm(auto_id="echec_%s"),
        "correct": CorrectForm(allocation=allocation),
        "delivery": FulfilmentKind.DELIVERY,
        **forms,
    }
    return render(request, "allocations/page.html", context, status=status)


@allow(Role.OPERATOR)
@require_safe
def page(request: HttpRequest, ref: str) -> HttpResponse:
    return _page(request, _find(request, ref))


def _do(request: HttpRequest, ref: str, name: str, form: forms.Form, act: Any, said: str) -> HttpResponse:
    """Check what was typed, do the deed, or show the page again with the sentence beside the field."""
    allocation = _find(request, ref)
    if form.is_valid():
        try:
            act(allocation, form.cleaned_data)
        except Refused as refusal:
            form.add_error("quantity" if "quantity" in form.fields else None, str(refusal))
        else:
            messages.success(request, said)
            return redirect("allocations:page", ref)
    return _page(request, _find(request, ref), status=422, form=form, **{name: form})


@allow(Role.OPERATOR)
@require_POST
def confirm(request: HttpRequest, ref: str) -> HttpResponse:
    allocation = _find(request, ref)
    try:
        actions.confirm(allocation, by=person(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "L’affectation est confirmée.")
    return redirect("allocations:page", ref)


@allow(Role.OPERATOR)
@require_POST
def deliver(request: HttpRequest, ref: str) -> HttpResponse:
    form = DeliverForm(request.POST, allocation=_find(request, ref))

    def act(allocation: Allocation, facts: dict[str, Any]) -> None:
        more = {name: facts[name] for name in ("qty", "place", "proof", "note")}
        actions.deliver(allocation, by=person(request), at=form.at(), **more)

    return _do(request, ref, "deliver", form, act, "La remise est notée.")


@allow(Role.OPERATOR)
@require_POST
def take_back(request: HttpRequest, ref: str) -> HttpResponse:
    form = ReturnForm(request.POST, allocation=_find(request, ref))

    def act(allocation: Allocation, facts: dict[str, Any]) -> None:
        actions.take_back(allocation, by=person(request), qty=facts["qty"], proof=facts["proof"], note=facts["note"])

    return _do(request, ref, "take_back", form, act, "Le retour est noté.")


@allow(Role.OPERATOR)
@require_POST
def release(request: HttpRequest, ref: str) -> HttpResponse:
    def act(allocation: Allocation, facts: dict[str, Any]) -> None:
        actions.release(allocation, by=person(request), **facts)

    return _do(request, ref, "release", ReleaseForm(request.POST), act, "Le reste est libéré.")


@allow(Role.OPERATOR)
@require_POST
def fail(request: HttpRequest, ref: str) -> HttpResponse:
    def act(allocation: Allocation, facts: dict[str, Any]) -> None:
        actions.fail(allocation, by=person(request), **facts)

    return _do(request, ref, "fail", FailForm(request.POST), act, "La défaillance est notée, le reste est libéré.")


@allow(Role.OPERATOR)
@require_POST
def correct(request: HttpRequest, ref: str) -> HttpResponse:
    form = CorrectForm(request.POST, allocation=_find(request, ref))

    def act(allocation: Allocation, facts: dict[str, Any]) -> None:
        noted = allocation.fulfilments.filter(pk=facts["fulfilment"], kind=FulfilmentKind.DELIVERY).first()
        if noted is None:
            raise Refused("Cette remise n’existe pas sur cette affectation.")
        actions.correct(noted, by=person(request), qty=facts["qty"], because=facts["because"])

    return _do(request, ref, "correct", form, act, "La correction est notée ; la première saisie reste lisible.")
