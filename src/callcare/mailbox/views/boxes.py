"""The page « Boîtes aux lettres »: connecting a desk to its mailbox, and seeing that it speaks."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.core.deeds import Refused
from callcare.mailbox import actions
from callcare.mailbox.box_forms import BoxForm, NewBoxForm
from callcare.mailbox.box_states import states
from callcare.mailbox.models import Mailbox


@allow(Role.OPERATOR, Role.ADMIN)
@require_safe
def boxes(request: HttpRequest) -> HttpResponse:
    """Every box of her desks: the last contact, the last mail, what waits, and what to do."""
    known = Mailbox.objects.visible_to(person(request)).select_related("desk").order_by("desk__name", "address")
    return render(request, "mailbox/boxes.html", {"states": states(known), "may_set": person(request).is_admin})


@allow(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Connect a desk to an address."""
    form = NewBoxForm(request.POST or None)
    if form.is_valid():
        try:
            box = actions.open_mailbox(by=person(request), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("mailbox:box", box.address)
    return render(request, "mailbox/box_new.html", {"form": form}, status=422 if form.errors else 200)


def _find(request: HttpRequest, address: str) -> Mailbox:
    return get_object_or_404(Mailbox.objects.visible_to(person(request)).select_related("desk"), address=address)


@allow(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def box(request: HttpRequest, address: str) -> HttpResponse:
    """One box: how it is reached, and how it is."""
    this = _find(request, address)
    form = BoxForm(request.POST if request.method == "POST" else None, initial=BoxForm.read(this))
    if form.is_valid():
        try:
            actions.set_mailbox(this, by=person(request), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("because", str(refusal))
        else:
            messages.success(request, "La boîte est réglée.")
            return redirect("mailbox:box", address)
    context = {"state": states([_find(request, address)])[0], "form": form}
    return render(request, "mailbox/box.html", context, status=422 if form.errors else 200)


@allow(Role.ADMIN)
@require_POST
def trial(request: HttpRequest, address: str) -> HttpResponse:
    """« Essayer la connexion »: open the line as the worker does, and say exactly what fails."""
    if trouble := actions.try_mailbox(_find(request, address)):
        messages.error(request, trouble)
    else:
        messages.success(request, "La connexion est bonne : le serveur répond, et le dossier s’ouvre.")
    return redirect("mailbox:box", address)
