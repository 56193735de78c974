"""Is the house well? For the supervisor, for monitors, and for the person who wonders."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from callcare.core import clock
from callcare.desk.enums import MailState
from callcare.desk.models import OutgoingMail

WORKER_SILENT_AFTER = 30  # seconds; a worker that lives says so every 10
LETTER_LATE_AFTER = timedelta(minutes=15)
OK = "ok"


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 only when all is well, else 503; each part says « ok » or what is wrong. No figure, no name: it is open."""
    state = {"web": OK} | {name: answered(question) for name, question in QUESTIONS.items()}
    status = HTTPStatus.OK if set(state.values()) == {OK} else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse(state, status=status, json_dumps_params={"ensure_ascii": False})


def answered(question: Callable[[], str]) -> str:
    try:
        return question()
    except DatabaseError:
        return "La base ne répond pas."


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def worker() -> str:
    """Heartbeats are written by the database's clock, so they are compared with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp() - max(last_heartbeat)) FROM procrastinate_workers")
        (silence,) = cursor.fetchone()
    if silence is None:
        return "Aucun exécutant de tâches ne tourne."
    return OK if silence < WORKER_SILENT_AFTER else "L’exécutant de tâches ne donne plus signe de vie."


def outbox() -> str:
    late = OutgoingMail.objects.filter(state=MailState.QUEUED, next_try_at__lt=clock.now() - LETTER_LATE_AFTER)
    return "Des courriers attendent depuis plus de 15 minutes." if late.exists() else OK


QUESTIONS = {"database": database, "worker": worker, "outbox": outbox}
