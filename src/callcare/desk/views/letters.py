"""« Courriers »: what left, what waits, what could not leave and why."""

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.core.deeds import Refused
from callcare.core.listing import KeyPaginator
from callcare.core.replica import from_replica
from callcare.desk import actions
from callcare.desk.enums import MailState
from callcare.desk.models import OutgoingMail

TOKEN = re.compile(r"(://\S+/reponse/)[^/\s]+")  # who holds a personal link can answer: the desk reads it masked


def _find(request: HttpRequest, ref: str) -> OutgoingMail:
    mine = OutgoingMail.objects.visible_to(person(request)).select_related("desk", "answer__thread")
    return get_object_or_404(mine, message_id__startswith=f"<cc.{ref}@")


@allow(Role.OPERATOR)
@require_safe
@from_replica
def letter_list(request: HttpRequest) -> HttpResponse:
    """The letters of her desks, latest first, filtered by state."""
    rows = OutgoingMail.objects.visible_to(person(request)).select_related("desk").order_by("-queued_at", "-pk")
    state = request.GET.get("etat", "")
    if state in MailState.values:
        rows = rows.filter(state=state)
    context = {
        "page": KeyPaginator(rows, 25).get_page(request.GET.get("page")),
        "states": MailState.choices,
        "chosen": state,
    }
    return render(request, "desk/letters.html", context)


@allow(Role.OPERATOR)
@require_safe
def letter(request: HttpRequest, ref: str) -> HttpResponse:
    """One letter: its exact text, and what the mail server said."""
    row = _find(request, ref)
    return render(request, "desk/letter.html", {"letter": row, "text": TOKEN.sub(r"\1••••", row.body)})


@allow(Role.OPERATOR)
@require_POST
def resend(request: HttpRequest, ref: str) -> HttpResponse:
    """« Renvoyer »."""
    row = _find(request, ref)
    try:
        actions.resend_letter(row, by=person(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Le courrier est remis à l’envoi.")
    return redirect("desk:letter", ref)
