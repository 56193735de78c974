"""The bytes received, committed in one statement whatever their number."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from callcare.calls.models import Trunk
from callcare.calls.rules.requests import Request
from callcare.core import clock

KEEP = """
    INSERT INTO calls_inboundevent
        (trunk_id, dedupe_key, received_at, method, query, headers, body, parse_state, parse_error, attempts)
    SELECT trunk, key, received_at, method, query, headers::jsonb, body, 'pending', '', 0
    FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::bytea[])
        AS one (trunk, key, received_at, method, query, headers, body)
    ON CONFLICT (trunk_id, dedupe_key) DO NOTHING
"""
COUNT = """
    INSERT INTO calls_refusal (trunk_id, day, reason, count, last_at)
    VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (trunk_id, day, reason) DO UPDATE SET count = calls_refusal.count + EXCLUDED.count, last_at = EXCLUDED.last_at
"""  # noqa: E501


@dataclass(frozen=True, slots=True)
class Kept:
    """One request as its row will be."""

    trunk: int
    key: str
    request: Request

    @classmethod
    def of(cls, trunk: Trunk, request: Request, key: str) -> "Kept":
        return cls(trunk.pk, key[:120], request)


def keep(requests: Sequence[Kept]) -> None:
    """Commit them; a repeat of one that is known is no error and no row."""
    columns: list[Any] = [
        [one.trunk for one in requests],
        [one.key for one in requests],
        [one.request.received_at for one in requests],
        [one.request.method for one in requests],
        [_storable(one.request.query) for one in requests],
        [json.dumps({name: _storable(text) for name, text in one.request.headers.items()}) for one in requests],
        [one.request.body for one in requests],
    ]
    with connection.cursor() as cursor:
        cursor.execute(KEEP, columns)


def count_refusals(counted: Mapping[tuple[int | None, str], int]) -> None:
    """Add to the counts of the day."""
    with connection.cursor() as cursor:
        for (trunk, reason), count in sorted(counted.items(), key=str):
            cursor.execute(COUNT, [trunk, clock.today(), reason, count, clock.now()])


def _storable(text: str) -> str:
    """PostgreSQL takes no NUL."""
    return text.replace("\x00", "\ufffd")
