"""Threads that are one or are not, as an operator says; and a mail read again."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.core.deeds import Refused
from callcare.mailbox import actions
from callcare.mailbox.enums import ProposalState
from callcare.mailbox.models import Mail, Proposal, Thread


def _thread(request: HttpRequest, ref: str) -> Thread:
    return get_object_or_404(Thread.objects.visible_to(person(request)).select_related("desk"), ref=ref)


def _mail(request: HttpRequest, ref: str) -> Mail:
    rows = Mail.objects.visible_to(person(request)).select_related("thread__desk", "desk")
    return get_object_or_404(rows, ref=ref)


def _then(request: HttpRequest, back: Thread, act: Callable[[], object], said: str) -> HttpResponse:
    """Do it, say it or say why not, and come back to the thread."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("mailbox:thread", back.ref)


@allow(Role.OPERATOR)
@require_POST
def proposal(request: HttpRequest, ref: str, other: str) -> HttpResponse:
    """« Oui, c’est le même fil », or « Non »."""
    one, two = _thread(request, ref), _thread(request, other)
    pair = Q(thread=one, other=two) | Q(thread=two, other=one)
    rows = Proposal.objects.select_related("thread__desk", "other__desk").filter(pair)
    found = get_object_or_404(rows.order_by("pk"), state=ProposalState.OPEN)
    user = person(request)
    if request.POST.get("choix") == "oui":
        return _then(request, one, lambda: actions.accept_proposal(found, by=user), "Les deux fils sont réunis.")
    return _then(request, one, lambda: actions.decline_proposal(found, by=user), "Ce rapprochement est écarté.")


@allow(Role.OPERATOR)
@require_POST
def undo(request: HttpRequest, ref: str) -> HttpResponse:
    """« Défaire la réunion »: of the thread that was joined to another."""
    one = _thread(request, ref)
    return _then(request, one, lambda: actions.undo_merge(one, by=person(request)), "La réunion est défaite.")


@allow(Role.OPERATOR)
@require_POST
def split(request: HttpRequest, ref: str) -> HttpResponse:
    """« Séparer »: this mail and what answers it begin a thread of their own."""
    mail = _mail(request, ref)
    said = "Ce courriel et ses réponses ont maintenant leur propre fil."
    return _then(request, mail.thread, lambda: actions.split_mail(mail, by=person(request)), said)


@allow(Role.OPERATOR)
@require_POST
def read_again(request: HttpRequest, ref: str) -> HttpResponse:
    """« Relire » a mail that could not be read."""
    mail = _mail(request, ref)
    try:
        is_read = actions.read_again(mail, by=person(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if is_read:
            messages.success(request, "Le courriel est relu.")
        else:
            messages.error(request, "Ce courriel reste illisible. Son original peut être téléchargé.")
    return redirect("mailbox:thread", mail.thread.ref)
