"""Answering from the card: a text to start from, half a minute to hold it back, and how far it got."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.core.deeds import Refused
from callcare.desk.actions import save_draft
from callcare.desk.enums import InteractionState
from callcare.desk.models import Draft
from callcare.mailbox import mails
from callcare.mailbox.actions import answering
from callcare.mailbox.forms import AnswerForm
from callcare.mailbox.models import Answer, Mail
from callcare.ui.templatetags.words import hour

TYPED = ("to", "subject", "body")


def find(request: HttpRequest, ref: str) -> Mail:
    rows = Mail.objects.visible_to(person(request)).select_related(
        "thread", "desk", "raw__mailbox", "interaction__draft", "interaction__organisation"
    )
    return get_object_or_404(rows.defer("raw__raw"), ref=ref)


def answer_form(request: HttpRequest, mail: Mail) -> AnswerForm:
    """The blank form, with what was kept of an answer begun, or with the one that was held back."""
    start: dict[str, Any] = {}
    contact = mail.interaction
    if contact and contact.state == InteractionState.DRAFT and (draft := getattr(contact, "draft", None)):
        kept = draft.content.get("answer", {})
        start = {name: kept[name] for name in TYPED if kept.get(name)}
    number = request.GET.get("reprise", "")
    if number.isdecimal() and len(number) < 9:
        held = Answer.objects.filter(thread=mail.thread_id, number=int(number), by__isnull=False).first()
        if held:
            letter = held.letter  # its lines are broken; what she typed is not
            start = {"to": letter.to, "subject": letter.subject, "body": held.typed or letter.body}
    return AnswerForm(mail=mail, by=person(request), start=start)


@allow(Role.OPERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """Write an answer; « modele » starts it from a text; sent, it leaves in half a minute."""
    mail = find(request, ref)
    if request.method != "POST":
        return _page(request, mail, answer_form(request, mail))
    if request.POST.get("modele") in mails.CODES:
        return _page(request, mail, _from_template(request, mail))
    form = AnswerForm(request.POST, mail=mail, by=person(request))
    if not form.is_valid():
        return _page(request, mail, form, status=422)
    facts = form.cleaned_data
    try:
        written = answering.answer(
            mail, by=person(request), to=facts["to"], subject=facts["subject"], body=facts["body"], seen=facts["sent"]
        )
    except Refused as refusal:
        if isinstance(refusal, answering.ThreadMoved):
            form.data = request.POST.copy()  # the button sends it now, if she still wants to
            form.data["sent"] = str(refusal.sent)
        form.add_error(None, str(refusal))
        return _page(request, mail, form, status=422)
    _forget_draft(request, mail)
    messages.success(request, f"La réponse part à {hour(written.letter.next_try_at)} : vous pouvez encore la retenir.")
    return _back(mail)


def _from_template(request: HttpRequest, mail: Mail) -> AnswerForm:
    """The chosen text; what she had typed herself stays under it."""
    user = person(request)
    typed = request.POST.get("body", "").replace("\r\n", "\n")
    body = mails.answer_text(mail, by=user, code=request.POST["modele"])
    ours = [mails.answer_text(mail, by=user, code=code).split() for code in ("", *mails.CODES)]
    if typed.strip() and typed.split() not in ours:
        body = f"{body}\n{typed}"
    start = {name: request.POST[name] for name in ("to", "subject") if request.POST.get(name)}
    return AnswerForm(mail=mail, by=user, start=start | {"body": body})


def _page(request: HttpRequest, mail: Mail, form: AnswerForm, *, status: int = 200) -> HttpResponse:
    contact = mail.interaction
    context = {
        "mail": mail,
        "form": form,
        "templates": mails.TEMPLATES,
        "contact": contact if contact and contact.state == InteractionState.DRAFT else None,
        "draft": getattr(contact, "draft", None) or Draft(),
    }
    return render(request, "mailbox/answer.html", context, status=status)


def _forget_draft(request: HttpRequest, mail: Mail) -> None:
    contact = mail.interaction
    draft = getattr(contact, "draft", None) if contact else None
    if contact and draft and draft.content.get("answer"):
        with suppress(Refused):  # a colleague saved it meanwhile: her text stays
            save_draft(contact, by=person(request), seen=draft.version, part="answer", typed={})


def _back(mail: Mail) -> HttpResponse:
    contact = mail.interaction
    if contact and contact.state == InteractionState.DRAFT:
        return redirect("desk:contact", contact.ref)
    return redirect("mailbox:thread", mail.thread.ref)


@allow(Role.OPERATOR)
@require_POST
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """« Retenir »: it does not leave, and its text is back in the form."""
    rows = Answer.objects.visible_to(person(request)).select_related("letter__desk", "to", "thread")
    found = get_object_or_404(rows, letter__message_id__startswith=f"<cc.{ref}@", by__isnull=False)
    try:
        answering.withdraw_answer(found, by=person(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("mailbox:thread", found.thread.ref)
    messages.success(request, "La réponse est retenue ; son texte est de nouveau dans le formulaire.")
    if found.to is None:
        return redirect("mailbox:thread", found.thread.ref)
    return redirect(f"{redirect('mailbox:answer', found.to.ref).url}?reprise={found.number}")
