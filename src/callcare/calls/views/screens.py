"""What the browser of an operator is told by itself, and what she answers to it."""

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, asks_by_itself, person
from callcare.calls import strips
from callcare.calls.actions import take_call
from callcare.calls.board import board, seen_by
from callcare.calls.presence import Seat, seat_of, take_seat
from callcare.core.deeds import Refused
from callcare.desk.models import Interaction


@asks_by_itself
@allow(Role.OPERATOR)
@require_safe
async def stream(request: HttpRequest) -> HttpResponseBase:
    """« Flux »: what rings at her desks now, then each change, as long as she is signed in."""
    if request.method == "HEAD" or not isinstance(request, ASGIRequest):
        return HttpResponse(status=204)  # nothing flows here: the browser asks every few seconds instead
    seat = await sync_to_async(_seated)(request)
    response = StreamingHttpResponse(board().stream(seat), content_type="text/event-stream; charset=utf-8")
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _seated(request: HttpRequest) -> Seat:
    """Her seat. The connection to the database goes back: a stream would keep it for hours."""
    seat = take_seat(person(request), request.session.session_key or "")
    connection.close()
    return seat


@asks_by_itself
@allow(Role.OPERATOR)
@require_safe
def present(request: HttpRequest) -> HttpResponse:
    """What rings at her desks now, for a browser where no stream opens."""
    seat = seat_of(person(request), request.session.session_key or "")
    return JsonResponse({"strips": seen_by(strips.present(), seat)})


@allow(Role.OPERATOR)
@require_POST
def take(request: HttpRequest, ref: str) -> HttpResponse:
    """« C’est moi »: nothing opens, the strip changes by itself. Who was slower reads by whom it was taken."""
    interaction = get_object_or_404(Interaction.objects.visible_to(person(request)).select_related("desk"), ref=ref)
    try:
        take_call(interaction, by=person(request))
    except Refused as refusal:
        return HttpResponse(str(refusal), status=409, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204) if "X-Live" in request.headers else redirect("desk:contact", ref)
