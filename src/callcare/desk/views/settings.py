"""The administrator sets the desks: who keeps them, where they are reached, when they are open."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.core.deeds import Refused
from callcare.desk import actions
from callcare.desk.forms import ClosureForm, DeskForm, HoursForm
from callcare.desk.models import Closure, Desk
from callcare.desk.requests import CHOSEN
from callcare.desk.rules.hours import WORKDAY


@allow(Role.OPERATOR)
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Work at another of one's own desks."""
    desk = get_object_or_404(person(request).desks, slug=request.POST.get("guichet", ""))
    request.session[CHOSEN] = desk.slug
    return redirect("desk:console")


@allow(Role.ADMIN)
@require_safe
def desks(request: HttpRequest) -> HttpResponse:
    known = Desk.objects.visible_to(person(request)).prefetch_related("operators", "neighbours").order_by("name")
    return render(request, "desk/desks.html", {"desks": known})


@allow(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = DeskForm(request.POST or None)
    if form.is_valid():
        facts = form.facts()
        neighbours = facts.pop("neighbours")
        try:
            desk = actions.open_desk(by=person(request), slug=form.slug(), **facts)
            actions.set_desk(desk, by=person(request), neighbours=neighbours)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Le guichet est ouvert.")
            return redirect("desk:settings", desk.slug)
    return render(request, "desk/desk_new.html", {"form": form}, status=422 if form.errors else 200)


def _find(request: HttpRequest, slug: str) -> Desk:
    return get_object_or_404(Desk.objects.visible_to(person(request)), slug=slug)


def _page(request: HttpRequest, desk: Desk, *, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "desk": desk,
        "form": None,
        "desk_form": DeskForm(initial=DeskForm.read(desk), desk=desk),
        "hours_form": HoursForm(initial=HoursForm.read(desk)),
        "closure_form": ClosureForm(),
        "closures": desk.closures.order_by("-first_on"),
        "usual": WORKDAY,
        **forms,
    }
    return render(request, "desk/settings.html", context, status=status)


@allow(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    desk = _find(request, slug)
    if request.method != "POST":
        return _page(request, desk)
    form = DeskForm(request.POST, desk=desk)
    if form.is_valid():
        try:
            actions.set_desk(desk, by=person(request), **form.facts())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Le guichet est réglé.")
            return redirect("desk:settings", slug)
    return _page(request, desk, status=422, desk_form=form, form=form)


@allow(Role.ADMIN)
@require_POST
def hours(request: HttpRequest, slug: str) -> HttpResponse:
    desk = _find(request, slug)
    form = HoursForm(request.POST)
    if form.is_valid():
        try:
            actions.set_hours(desk, by=person(request), hours=form.week())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Les horaires sont enregistrés.")
            return redirect("desk:settings", slug)
    return _page(request, desk, status=422, hours_form=form, form=form)


@allow(Role.ADMIN)
@require_POST
def closure(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a closure or an exceptional opening; `retirer` takes one away."""
    desk = _find(request, slug)
    if request.POST.get("retirer", "").isdecimal():
        gone = get_object_or_404(Closure.objects.filter(desk=desk), pk=int(request.POST["retirer"][:18]))
        actions.remove_closure(gone, by=person(request))
        return redirect("desk:settings", slug)
    form = ClosureForm(request.POST)
    if form.is_valid():
        try:
            actions.add_closure(desk, by=person(request), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "C’est noté au calendrier.")
            return redirect("desk:settings", slug)
    return _page(request, desk, status=422, closure_form=form, form=form)
