"""How long one stays signed in: an hour without doing anything, twelve in all."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import resolve_url
from django.utils.deprecation import MiddlewareMixin

from callcare.core import clock

BEGAN, SEEN = "began", "seen"  # instants, in seconds
NOTED_EVERY = 60  # seconds between two notes of « seen »: a page more often written than read helps nobody


def begin(sender: object, request: HttpRequest, **facts: Any) -> None:
    """Somebody has just signed in: both clocks start."""
    request.session[BEGAN] = request.session[SEEN] = clock.now().timestamp()


def ended_by(session: Mapping[str, Any] | SessionBase) -> str:
    """Why this session is over, "" while it lives. One that never noted its beginning is over."""
    now = clock.now().timestamp()
    if now - session.get(SEEN, 0) > settings.SESSION_IDLE_AGE:
        return "pause"
    return "duree" if now - session.get(BEGAN, 0) > settings.SESSION_COOKIE_AGE else ""


def lives(key: str) -> bool:
    """Is the session of this key still one, for what stays open for hours and asks again now and then?"""
    row = Session.objects.filter(session_key=key, expire_date__gt=clock.now()).first()
    return row is not None and not ended_by(row.get_decoded())


class SessionLimitsMiddleware(MiddlewareMixin):
    """Signs out who was away too long, and leads back to the page she asked for."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if SESSION_KEY not in request.session:
            return None
        if why := ended_by(request.session):
            logout(request)
            return to_sign_in(request, why)
        request.idle_limit = settings.SESSION_IDLE_AGE  # type: ignore[attr-defined]  # the page warns before
        return None

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Somebody did something, unless the page asked by itself: a screen left alone does not stay signed in."""
        now = clock.now().timestamp()
        by_hand = SESSION_KEY in request.session and not getattr(view, "asks_by_itself", False)
        if by_hand and now - request.session[SEEN] > NOTED_EVERY:
            request.session[SEEN] = now


def to_sign_in(request: HttpRequest, why: str) -> HttpResponse:
    """The sign-in page, which says why; then back to the page. A fragment takes the whole page there."""
    words = QueryDict(mutable=True)
    words["fin"] = why
    if request.headers.get("HX-Request") != "true" and request.method in {"GET", "HEAD"}:
        words["next"] = request.get_full_path()
    address = f"{resolve_url(settings.LOGIN_URL)}?{words.urlencode(safe='/')}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
