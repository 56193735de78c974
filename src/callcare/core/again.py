"""When two deeds wait for each other, PostgreSQL undoes one of them. It is done again, instead of being an error.

The one undone wrote nothing (a deed is one transaction), so the whole request can be answered anew, once.
"""

import logging

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from psycopg.errors import DeadlockDetected, SerializationFailure

logger = logging.getLogger(__name__)


class AgainMiddleware(MiddlewareMixin):
    """The last middleware: what a view raises is seen here first."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not is_broken_wait(exception) or connection.in_atomic_block or hasattr(request, "was_done_again"):
            return None
        request.was_done_again = True  # type: ignore[attr-defined]
        match = request.resolver_match
        if match is None:
            return None
        logger.warning("two deeds waited for each other at %s; it is done again", match.view_name)
        answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
        return answer


def is_broken_wait(error: Exception) -> bool:
    """Did the database undo this transaction only to let another go on?"""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, DeadlockDetected | SerializationFailure)
