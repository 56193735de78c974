"""A deed that chance alone undid is done again, instead of being an error: two that waited for each other, of which
PostgreSQL undoes one; a reference drawn that another bears.

The one undone wrote nothing (a deed is one transaction): the whole request is answered anew, three times at most.
"""

import logging
from random import uniform
from time import sleep

from asgiref.sync import iscoroutinefunction
from django.db import DatabaseError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from psycopg.errors import DeadlockDetected, SerializationFailure, UniqueViolation

logger = logging.getLogger(__name__)


TIMES = 3
PAUSE = 0.05  # seconds, about: whoever waited must have what it waited for before it is asked for again


class AgainMiddleware(MiddlewareMixin):
    """The last middleware: what a view raises is seen here first."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or connection.in_atomic_block or iscoroutinefunction(match.func):
            return None  # a stream has begun to flow, or the transaction is not ours to do again
        for time in range(1, TIMES + 1):
            if not is_by_chance(exception):
                return None
            logger.warning("chance undid a deed at %s; it is done again", match.view_name)
            sleep(PAUSE * time * uniform(0.5, 1.5))  # noqa: S311  # so that two do not come back together
            try:
                answer: HttpResponse = match.func(request, *match.args, **match.kwargs)
            except DatabaseError as error:
                exception = error
            else:
                return answer
        return None


def is_by_chance(error: Exception) -> bool:
    """Would the same deed succeed now? It was undone to let another go on, or it drew a reference that was taken.

    References are drawn, thirty bits long: in a house with a million contacts one new contact in a thousand meets one.
    """
    cause = error.__cause__
    if isinstance(error, OperationalError):
        return isinstance(cause, DeadlockDetected | SerializationFailure)
    return isinstance(cause, UniqueViolation) and (cause.diag.constraint_name or "").endswith("_ref_key")
