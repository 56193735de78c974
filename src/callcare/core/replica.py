"""Pages that only read may be answered by a replica of the database; everything else stays with the primary.

A page says so itself (`from_replica`): lists, look-ups, reports. Inside it the router sends what is read, and the
`connection` of this module what is asked in SQL, to the replica. Nothing is written by a page that is only read.

A session must see what it has just written: the primary acknowledges a commit once its replica has applied it
(`synchronous_commit = remote_apply`, docs/several-machines.md). A replica that lost its primary falls behind: it is
asked every second how old its last transaction is, and left alone when that is too old; the worker's heartbeat
makes one every ten seconds.
"""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.utils import InterfaceError
from django.http import HttpRequest, HttpResponse

REPLICA = "replica"
ASKED_EVERY = 1.0  # seconds
OLDEST = 30  # seconds since its last transaction

logger = logging.getLogger(__name__)
_alias: ContextVar[str] = ContextVar("replica", default=DEFAULT_DB_ALIAS)
_asked: dict[str, Any] = {"at": float("-inf"), "fresh": False}

View = Callable[..., HttpResponse]


class Router:
    """Django's question, which database to read from. Writing and migrating have one answer."""

    def db_for_read(self, model: type, **hints: Any) -> str | None:
        return _alias.get()

    def db_for_write(self, model: type, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: object, other: object, **hints: Any) -> bool:
        return True  # the same rows, read here or there

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


class _Reading:
    """`django.db.connection`, or the replica's inside a page that reads from it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(connections[_alias.get()], name)


connection: Any = _Reading()


def from_replica(view: View) -> View:
    """Answer this page from the replica where there is one, and it is fresh; else, and when it fails, as ever."""

    @wraps(view)
    def answered(request: HttpRequest, *words: Any, **named: Any) -> HttpResponse:
        if REPLICA not in settings.DATABASES or request.method not in {"GET", "HEAD"} or not is_fresh():
            return view(request, *words, **named)
        token = _alias.set(REPLICA)
        try:
            return view(request, *words, **named)
        except (DatabaseError, InterfaceError):
            logger.warning("the replica did not answer a page; the primary does", exc_info=True)
            _asked["at"], _asked["fresh"] = monotonic(), False
        finally:
            _alias.reset(token)
        return view(request, *words, **named)

    return answered


def is_fresh() -> bool:
    """Does the replica follow its primary? Asked once a second by each process."""
    if monotonic() - _asked["at"] >= ASKED_EVERY:
        _asked["at"], _asked["fresh"] = monotonic(), _ask()
    return bool(_asked["fresh"])


def _ask() -> bool:
    """A server that was promoted is a primary, and as good."""
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(
                "SELECT NOT pg_is_in_recovery()"
                " OR coalesce(now() - pg_last_xact_replay_timestamp() < make_interval(secs => %s), false)",
                [OLDEST],
            )
            return bool(cursor.fetchone()[0])
    except (DatabaseError, InterfaceError):
        connections[REPLICA].close()
        return False
