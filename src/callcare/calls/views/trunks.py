"""The page « Téléphonie »: connecting a desk to a provider, and watching its events arrive."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, asks_by_itself, person
from callcare.calls import actions
from callcare.calls.enums import ParseState, RefusalReason
from callcare.calls.forms import ExtensionForm, NewTrunkForm, TrunkForm
from callcare.calls.models import InboundEvent, Refusal, Trunk
from callcare.core import clock
from callcare.core.deeds import Refused

LATEST = 12  # events shown on the page
COUNTED = timedelta(days=7)  # refusals shown


@allow(Role.ADMIN)
@require_safe
def trunks(request: HttpRequest) -> HttpResponse:
    """Every trunk, with what was last heard of it."""
    known = Trunk.objects.visible_to(person(request)).select_related("desk").order_by("desk__name", "name")
    strangers = Refusal.objects.filter(trunk=None, day__gt=clock.today() - COUNTED).aggregate(all=Sum("count"))
    return render(request, "calls/trunks.html", {"trunks": known, "strangers": strangers["all"] or 0})


@allow(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a trunk. The answer shows its secret, once."""
    form = NewTrunkForm(request.POST or None)
    if form.is_valid():
        try:
            trunk, secret = actions.open_trunk(by=person(request), **form.facts())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _page(request, trunk, secret=secret)
    return render(request, "calls/trunk_new.html", {"form": form}, status=422 if form.errors else 200)


def _find(request: HttpRequest, slug: str) -> Trunk:
    return get_object_or_404(Trunk.objects.visible_to(person(request)).select_related("desk"), slug=slug)


def address_of(trunk: Trunk, secret: str) -> str:
    """Where the provider sends its events."""
    return f"{settings.BASE_URL}/cti/{trunk.slug}/{secret}{trunk.adapter.after_address}"


def _page(request: HttpRequest, trunk: Trunk, *, status: int = 200, secret: str = "", **forms: Any) -> HttpResponse:
    context = {
        "trunk": trunk,
        "form": None,
        "trunk_form": TrunkForm(initial=TrunkForm.read(trunk), trunk=trunk),
        "extension_form": ExtensionForm(trunk=trunk),
        "extensions": trunk.extensions.select_related("operator").order_by("operator__display_name", "value"),
        "address": address_of(trunk, secret) if secret else "",
        **_arrivals(trunk),
        **forms,
    }
    return render(request, "calls/trunk.html", context, status=status)


@allow(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def trunk(request: HttpRequest, slug: str) -> HttpResponse:
    """One trunk: what was agreed with the provider, who is who, and what arrives."""
    this = _find(request, slug)
    if request.method != "POST":
        return _page(request, this)
    form = TrunkForm(request.POST, trunk=this)
    if form.is_valid():
        try:
            actions.set_trunk(this, by=person(request), **form.facts())
        except Refused as refusal:
            form.add_error("because", str(refusal))
        else:
            messages.success(request, "Le raccordement est réglé.")
            return redirect("calls:trunk", slug)
    return _page(request, _find(request, slug), status=422, trunk_form=form, form=form)


@allow(Role.ADMIN)
@require_POST
def secret(request: HttpRequest, slug: str) -> HttpResponse:
    """A new secret, shown once; `fuite`: the one before closes at once."""
    this = _find(request, slug)
    leaked = bool(request.POST.get("fuite"))
    because = "le précédent a pu être vu" if leaked else ""
    return _page(
        request, this, secret=actions.rotate_secret(this, by=person(request), because=because, at_once=leaked)
    )


@allow(Role.ADMIN)
@require_POST
def extension(request: HttpRequest, slug: str) -> HttpResponse:
    """Note the name a provider has for an operator; `retirer` takes one away."""
    this = _find(request, slug)
    if request.POST.get("retirer", "").isdecimal():
        gone = get_object_or_404(this.extensions.all(), pk=int(request.POST["retirer"][:18]))
        actions.remove_extension(gone, by=person(request))
        return redirect("calls:trunk", slug)
    form = ExtensionForm(request.POST, trunk=this)
    if form.is_valid():
        try:
            actions.set_extension(this, by=person(request), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("value", str(refusal))
        else:
            messages.success(request, "Le poste est noté.")
            return redirect("calls:trunk", slug)
    return _page(request, this, status=422, extension_form=form, form=form)


@allow(Role.ADMIN)
@require_POST
def trial(request: HttpRequest, slug: str) -> HttpResponse:
    """Send a test event, and see whether it was understood."""
    this = _find(request, slug)
    if actions.try_trunk(this, by=person(request)):
        messages.success(request, "L’évènement d’essai est arrivé et il est compris. Il n’ouvre aucun contact.")
    else:
        messages.error(request, "L’évènement d’essai n’a pas été compris : vérifiez les réglages ci-dessous.")
    return redirect("calls:trunk", slug)


@asks_by_itself
@allow(Role.ADMIN)
@require_safe
def arrivals(request: HttpRequest, slug: str) -> HttpResponse:
    """What has just arrived: asked for again every few seconds by the page that watches."""
    this = _find(request, slug)
    if "HX-Request" not in request.headers:
        return redirect("calls:trunk", slug)
    return render(request, "calls/arrivals.html", {"trunk": this, **_arrivals(this)})


@allow(Role.ADMIN)
@require_POST
def reading(request: HttpRequest, slug: str) -> HttpResponse:
    """Read a request again that could not be understood."""
    this = _find(request, slug)
    number = request.POST.get("evenement", "")
    kept = this.inbound.filter(pk=int(number[:18]) if number.isdecimal() else 0)
    actions.read_again(get_object_or_404(kept.filter(parse_state=ParseState.ERROR)), by=person(request))
    while actions.hear_pending():
        pass
    return redirect("calls:trunk", slug)


def _arrivals(trunk: Trunk) -> dict[str, Any]:
    latest = InboundEvent.objects.filter(trunk=trunk).prefetch_related("events").order_by("-received_at")[:LATEST]
    refused = (
        Refusal.objects.filter(trunk=trunk, day__gt=clock.today() - COUNTED)
        .values("reason")
        .annotate(all=Sum("count"))
        .order_by("-all")
    )
    return {
        "latest": latest,
        "refusals": [(RefusalReason(one["reason"]).label, one["all"]) for one in refused],
    }
