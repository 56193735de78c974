"""The bytes received, committed before the server is told that they arrived."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from callcare.core import clock

KEEP = """
    INSERT INTO mailbox_rawmail
        (mailbox_id, uidvalidity, uid, raw, size, sha256, internal_date, received_at,
         parse_state, parse_error, attempts, next_try_at)
    SELECT %s, %s, uid, raw, length(raw), sha256, internal_date, %s, 'pending', '', 0, %s
    FROM unnest(%s::bigint[], %s::bytea[], %s::text[], %s::timestamptz[]) AS one (uid, raw, sha256, internal_date)
    ON CONFLICT (mailbox_id, uidvalidity, uid) DO NOTHING
    RETURNING uid
"""
ADVANCE = """
    UPDATE mailbox_mailbox
    SET last_uid = GREATEST(last_uid, %s), arrived_at = CASE WHEN %s THEN %s ELSE arrived_at END
    WHERE id = %s AND uidvalidity = %s
"""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail as the server gave it."""

    uid: int
    raw: bytes
    internal_date: datetime | None


def keep(mailbox: int, uidvalidity: int, mails: Sequence[Fetched]) -> int:
    """Commit them, and how far the box was fetched; one that is known is no error and no row. How many are new."""
    if not mails:
        return 0
    now = clock.now()
    columns: list[Any] = [
        [one.uid for one in mails],
        [one.raw for one in mails],
        [hashlib.sha256(one.raw).hexdigest() for one in mails],
        [one.internal_date for one in mails],
    ]
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(KEEP, [mailbox, uidvalidity, now, now, *columns])
        new = len(cursor.fetchall())
        cursor.execute(ADVANCE, [max(one.uid for one in mails), new > 0, now, mailbox, uidvalidity])
    return new
