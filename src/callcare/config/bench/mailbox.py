"""The mailbox: mails a second through reading, classifying and threading; empty, and with 100,000 stored mails.

Bytes are kept beforehand: what is measured is the way from the bytes to the card, with its contact and its history.
Last, one mail at a time from its delivery to a real server to its card (`mailbox_online`).
"""

import random
from collections.abc import Iterator
from time import perf_counter

from django.db import connection, transaction

from callcare.config.bench.mailbox_online import cards
from callcare.config.bench.measures import Measure, Row
from callcare.core import clock
from callcare.desk.models import Desk
from callcare.mailbox.actions import open_mailbox, read_pending
from callcare.mailbox.models import Mail, Mailbox, RawMail
from callcare.mailbox.raw import Fetched, keep

MAILS = 500
STORED = 100_000
PER_SECOND = 50
SLOWER = 1.2  # times, at most, with 100,000 stored
SENDERS = 60


def mailbox(pick: random.Random, repeats: int) -> Iterator[Row]:
    """The same stream of mails before and after 100,000 others."""
    box = open_mailbox(
        by=None, desk=Desk.objects.order_by("pk")[0], address=f"banc{Mailbox.objects.count()}@call-care.test",
        host="127.0.0.1", login="banc",
        password="", security="none",
    )  # fmt: skip
    Mailbox.objects.filter(pk=box.pk).update(uidvalidity=1)
    _rate(pick, box, f"warm{box.pk}")  # the reader starts, plans are made
    empty, floor = _rate(pick, box, f"empty{box.pk}")
    yield Row(
        "mails", MAILS, empty, empty, floor, round(empty / floor, 1), f"≥ {PER_SECOND}/s", empty <= 1000 / PER_SECOND,
        empty, repeats=MAILS,
    )  # fmt: skip
    _store(box)
    full, floor = _rate(pick, box, f"full{box.pk}")
    yield Row(
        "mails-stored", STORED, full, full, floor, round(full / floor, 1), f"≤ {SLOWER:g} × mails",
        full <= SLOWER * empty, full, repeats=MAILS,
    )  # fmt: skip
    yield from cards(repeats)


def _rate(pick: random.Random, box: Mailbox, run: str) -> tuple[float, float]:
    """Milliseconds a mail, and those its bytes alone take to be committed.

    Half of the mails answer one that came before, a fifth are machines' mails.
    """
    before = Mail.objects.filter(raw__mailbox=box).count()
    first = 1 + max(box.raw_mails.values_list("uid", flat=True).order_by("-uid")[:1], default=0)
    mails = [Fetched(first + n, _mail(pick, run, n), clock.now()) for n in range(MAILS)]
    began = perf_counter()
    for one in mails:
        keep(box.pk, 1, [one])
    floor = round((perf_counter() - began) * 1000 / MAILS, 2)
    began = perf_counter()
    while read_pending():
        pass
    spent = perf_counter() - began
    if Mail.objects.filter(raw__mailbox=box).count() - before != MAILS:
        raise RuntimeError("some mails are no cards")
    return round(spent * 1000 / MAILS, 2), floor


def _mail(pick: random.Random, run: str, n: int) -> bytes:
    sender = f"p{pick.randrange(SENDERS)}@atelier{pick.randrange(SENDERS)}.test"
    lines = [f"From: Une personne <{sender}>", "To: banc@call-care.test", f"Subject: Demande {n}"]
    lines += [f"Message-ID: <{run}.{n}@atelier.test>", "Date: Tue, 06 Apr 2021 10:00:00 +0200"]
    if n > 4 and n % 2:
        lines.append(f"In-Reply-To: <{run}.{pick.randrange(n)}@atelier.test>")
    if n % 10 == 3:
        lines.append("List-Id: <lettre.atelier.test>")
    if n % 10 == 7:
        lines.append("Auto-Submitted: auto-replied")
    words = " ".join(
        pick.choice(("ordinateurs", "pour", "lycéens", "Roubaix", "avant", "mai", "merci")) for _ in range(300)
    )
    body = f"Bonjour,\r\n\r\n{words}\r\n\r\nLe 3 avril 2021, Guichet a écrit :\r\n> {words[:200]}\r\n"
    lines += [
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        body,
    ]
    return "\r\n".join(lines).encode()


def _store(box: Mailbox) -> None:
    """100,000 mails of two years, each with its bytes and its thread; written behind the triggers, for speed.

    Their references go on where those of an earlier run on this database end.
    """
    stored = RawMail.objects.filter(uidvalidity=0).count()
    tables = ("mailbox_thread", "mailbox_rawmail", "mailbox_mail")
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(
            """
            INSERT INTO mailbox_rawmail (mailbox_id, uidvalidity, uid, raw, size, sha256, internal_date, received_at,
                parse_state, parse_error, attempts, next_try_at)
            SELECT %s, 0, n, convert_to(repeat('octets ', 150), 'UTF8'), 1050, md5(n::text) || md5(%s || n::text),
                now() - n * interval '10 minutes', now() - n * interval '10 minutes', 'done', '', 1, now()
            FROM generate_series(1, %s) AS n
            """,
            [box.pk, box.address, STORED],
        )
        cursor.execute(
            """
            INSERT INTO mailbox_thread (ref, desk_id, token, subject, sent, last_at, created_at)
            SELECT 'F-' || lpad((n + %s)::text, 8, '0'), %s, md5(%s || n::text), 'Demande ' || n, 0,
                now() - n * interval '10 minutes', now() FROM generate_series(1, %s) AS n
            """,
            [stored, box.desk_id, box.address, STORED],
        )
        cursor.execute(
            """
            INSERT INTO mailbox_mail (ref, desk_id, raw_id, thread_id, threaded_by, kind, read_kind, why, is_readable,
                wants_no_reply, message_id, in_reply_to, "references", from_name, from_address, reply_to, "to", cc,
                subject, received_at, text, html, folds, charset, warnings, failures, body_digest, created_at)
            SELECT 'L-' || lpad((raw.uid + %s)::text, 8, '0'), %s, raw.id, thread.id, 'new', 'human', 'human', '',
                true, false,
                '<old.' || raw.uid || '.' || %s || '>', CASE WHEN raw.uid %% 2 = 0 THEN
                ARRAY['<old.' || raw.uid / 2 || '.' || %s || '>'] ELSE '{}'::text[] END, '{}', 'Une personne',
                'p' || raw.uid %% 60 || '@atelier' || raw.uid %% 3600 / 60 || '.test', '', '[]', '[]',
                'Demande ' || raw.uid, raw.internal_date, repeat('texte ', 150), '', '[]', 'utf-8', '[]', '[]',
                md5(raw.uid::text), now()
            FROM mailbox_rawmail AS raw
            JOIN mailbox_thread AS thread ON thread.token = md5(%s || raw.uid::text)
            WHERE raw.mailbox_id = %s AND raw.uidvalidity = 0
            """,
            [stored, box.desk_id, box.address, box.address, box.address, box.pk],
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM ANALYZE {table}")


MEASURE = Measure("mailbox", mailbox)
