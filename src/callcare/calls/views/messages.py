"""Listening to a voice message: on the call-back it belongs to, by the operators of its desk."""

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.calls import actions
from callcare.calls.models import VoiceMessage, VoiceMessageQuerySet
from callcare.calls.recordings import path_of
from callcare.desk.models import Interaction


def messages_about(contact: Interaction, known: VoiceMessageQuerySet) -> VoiceMessageQuerySet:
    """Those of this contact, and what the same number left and nobody listened to: one task holds them all."""
    mine = Q(call__interaction=contact)
    if contact.raw_identity:
        mine |= Q(call__desk=contact.desk_id, call__caller=contact.raw_identity, heard_at=None)
    return known.filter(mine).select_related("call").order_by("pk")


def _find(request: HttpRequest, ref: str) -> VoiceMessage:
    return get_object_or_404(VoiceMessage.objects.visible_to(person(request)).select_related("call"), ref=ref)


@allow(Role.OPERATOR)
@require_safe
def of_interaction(request: HttpRequest, ref: str) -> HttpResponse:
    """The messages of a contact, each with its player; nothing where there is none."""
    contact = get_object_or_404(Interaction.objects.visible_to(person(request)), ref=ref)
    messages = messages_about(contact, VoiceMessage.objects.visible_to(person(request)))
    template = "calls/messages.html" if "HX-Request" in request.headers else "calls/messages_page.html"
    return render(request, template, {"contact": contact, "voice_messages": messages})


@allow(Role.OPERATOR)
@require_safe
def sound(request: HttpRequest, ref: str) -> HttpResponse:
    """The recording itself: never in a cache, never opened as a page."""
    message = _find(request, ref)
    if not message.is_playable:
        raise Http404
    try:
        answer = HttpResponse(path_of(message.stored_name).read_bytes(), content_type=message.content_type)
    except FileNotFoundError as error:
        raise Http404 from error
    answer["Content-Disposition"] = f'inline; filename="message-{message.ref}"'
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@allow(Role.OPERATOR)
@require_POST
def heard(request: HttpRequest, ref: str) -> HttpResponse:
    """Somebody listened to it."""
    message = _find(request, ref)
    actions.note_heard(message, by=person(request))
    message.refresh_from_db()
    return render(request, "calls/message.html", {"message": message})
