"""The mails of a desk: the list, the thread, the card of a contact, and the formatted text behind glass."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.core.deeds import Refused
from callcare.core.listing import KeyPaginator
from callcare.core.replica import from_replica
from callcare.desk.models import Draft, Interaction
from callcare.mailbox import waiting
from callcare.mailbox.actions.acknowledging import MOST, is_tripped
from callcare.mailbox.actions.kinds import recognise_human
from callcare.mailbox.box_states import in_trouble
from callcare.mailbox.enums import MailKind, ScanState
from callcare.mailbox.files import as_file
from callcare.mailbox.mails import TEMPLATES
from callcare.mailbox.models import Attachment, Mail, Thread
from callcare.mailbox.reading_room import Entry, entries, entry_of, proposals_of
from callcare.mailbox.views.answers import answer_form

BEHIND_GLASS = "default-src 'none'; sandbox; frame-ancestors 'self'"


@allow(Role.OPERATOR)
@require_safe
@from_replica
def mail_list(request: HttpRequest) -> HttpResponse:
    """People who wait first, the oldest on top; machines in folded groups."""
    user = person(request)
    chosen = request.GET.get("groupe", "")
    if chosen in waiting.GROUPS:
        rows = waiting.of_group(user, chosen).order_by("-received_at", "-pk")
    elif chosen == "traites":
        rows = waiting.treated(user).order_by("-received_at", "-pk")
    else:
        chosen, rows = "", waiting.to_treat(user).order_by("received_at", "pk")
    page = KeyPaginator(rows, 25, shown=waiting.shown(Mail.objects.all())).get_page(request.GET.get("page"))
    waiting.promises(page.object_list)
    context = {
        "page": page,
        "chosen": chosen,
        "label": waiting.GROUPS[chosen][0] if chosen in waiting.GROUPS else "",
        "groups": waiting.groups(user) if not chosen else (),
        "all_groups": [(code, label) for code, (label, _) in waiting.GROUPS.items()],
        "tripped": MOST if is_tripped() else 0,
        "silent": in_trouble(user),
    }
    return render(request, "mailbox/mails.html", context)


def _find(request: HttpRequest, ref: str) -> Mail:
    rows = Mail.objects.visible_to(person(request)).select_related("thread", "desk", "raw__mailbox", "interaction")
    return get_object_or_404(rows.defer("raw__raw"), ref=ref)


@allow(Role.OPERATOR)
@require_safe
def mail(request: HttpRequest, ref: str) -> HttpResponse:
    """One mail, in its thread."""
    found = _find(request, ref)
    return redirect(f"{redirect('mailbox:thread', found.thread.ref).url}#{found.ref}")


@allow(Role.OPERATOR)
@require_safe
def thread(request: HttpRequest, ref: str) -> HttpResponse:
    """A whole thread, mails and answers in order."""
    found = get_object_or_404(Thread.objects.visible_to(person(request)).select_related("merged_into"), ref=ref)
    if found.merged_into:
        return redirect("mailbox:thread", found.merged_into.ref)
    every = entries(found)
    people = [entry.mail for entry in every if entry.mail and entry.mail.kind == MailKind.HUMAN]
    latest = people[-1] if people else None
    context = {
        "thread": found,
        "entries": every,
        "latest": latest,
        "contact": latest.interaction if latest else None,
        "can_split": sum(entry.mail is not None for entry in every) > 1,
        "pairs": proposals_of(found),
        "joined": found.merged.all(),
        "formatted": request.GET.get("forme", ""),
    }
    return render(request, "mailbox/thread.html", context)


@allow(Role.OPERATOR)
@require_safe
def of_interaction(request: HttpRequest, ref: str) -> HttpResponse:
    """The mail a contact is made of, with what was answered: the card of the console."""
    rows = Interaction.objects.visible_to(person(request)).select_related("draft", "organisation", "person")
    contact = get_object_or_404(rows, ref=ref)
    found = Mail.objects.select_related("thread", "desk", "raw__mailbox").defer("raw__raw")
    one = found.filter(interaction=contact).first()
    context: dict[str, Any] = {"contact": contact, "mail": one, "formatted": request.GET.get("forme", "")}
    if one:
        one.interaction = contact
        others = entries(one.thread)
        mine: Entry = next((e for e in others if e.mail and e.mail.pk == one.pk), None) or entry_of(one)
        later = [e for e in others if e.letter and e.at >= one.received_at]
        context |= {
            "entry": mine,
            "later": later,
            "others": len(others) - 1 - len(later),
            "templates": TEMPLATES,
            "pairs": proposals_of(one.thread),
            "form": answer_form(request, one),
            "draft": getattr(contact, "draft", None) or Draft(),
        }
    return render(request, "mailbox/card.html", context)


@allow(Role.OPERATOR)
@xframe_options_sameorigin
@require_safe
def formatted(request: HttpRequest, ref: str) -> HttpResponse:
    """The sanitised HTML of a mail, for a frame that runs nothing, loads nothing and belongs to no origin."""
    found = _find(request, ref)
    if not found.html:
        raise Http404
    answer = render(request, "mailbox/formatted.html", {"mail": found})
    answer["Content-Security-Policy"] = BEHIND_GLASS
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@allow(Role.OPERATOR)
@require_safe
def original(request: HttpRequest, ref: str) -> HttpResponse:
    """The mail byte for byte, as a file; not where it would carry out an attachment nobody may open."""
    rows = Mail.objects.visible_to(person(request)).select_related("raw")
    found = get_object_or_404(rows, ref=ref)
    if not found.raw.raw or carries_unsafe(found):
        raise Http404
    return as_file(bytes(found.raw.raw), f"{found.ref}.eml")


def carries_unsafe(found: Mail) -> bool:
    """Would its original carry out something that was not found clean?"""
    pieces = Attachment.objects.filter(mail=found).exclude(scan=ScanState.CLEAN)
    return pieces.filter(scan=ScanState.INFECTED).exists() or (found.is_readable and pieces.exists())


@allow(Role.OPERATOR)
@require_POST
def human(request: HttpRequest, ref: str) -> HttpResponse:
    """« C’est une personne »."""
    found = _find(request, ref)
    try:
        contact = recognise_human(found, by=person(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("mailbox:thread", found.thread.ref)
    messages.success(request, "Ce courriel est maintenant parmi ceux des personnes.")
    back = request.POST.get("retour", "")
    if back and url_has_allowed_host_and_scheme(back, {request.get_host()}):
        return redirect(back)
    return redirect("desk:contact", contact.ref)
