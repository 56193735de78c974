"""From bytes to cards. What is read here was committed before the server was told; no failure holds up the rest."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from time import monotonic

from django.conf import settings
from django.db.models import F

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk.models import OutgoingMail
from callcare.desk.permissions import keeps
from callcare.mailbox.actions.arrivals import Arrival, arrival_of
from callcare.mailbox.actions.receiving import file_arrivals
from callcare.mailbox.enums import MailboxVerb, ParseState
from callcare.mailbox.models import Attachment, Mail, Mailbox, RawMail
from callcare.mailbox.models.mails import READ
from callcare.mailbox.reader import Unreadable, read_guarded
from callcare.mailbox.rules import identifiers
from callcare.mailbox.rules.readings import Ours, domains_of

BATCH = 50  # mails read in one transaction
BATCH_BYTES = 32 * 1024 * 1024
PATIENCE = 8.0  # seconds of reading after which the batch is written, and the rest is another's
TRIED_AGAIN = (timedelta(seconds=30), timedelta(minutes=3), timedelta(minutes=15))

logger = logging.getLogger(__name__)


def ours() -> Ours:
    """What the rules must know of the house."""
    addresses = frozenset(Mailbox.objects.values_list("address", flat=True))
    domains = domains_of(settings.MAIL_DOMAIN, addresses)
    return Ours(
        domain=settings.MAIL_DOMAIN,
        is_signed=lambda message_id: is_signed(message_id, domains),
        addresses=addresses,
        servers=frozenset(settings.MAIL_SERVERS),
    )


def thread_keys() -> list[bytes]:
    """What signs our Message-IDs now, and what signed them before."""
    return [identifiers.key_of(str(one)) for one in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def is_signed(message_id: str, domains: frozenset[str]) -> bool:
    """Is this Message-ID one that we made, in one of these domains?"""
    if identifiers.verified(message_id, thread_keys(), domains):
        return True
    may_be = identifiers.looks_ours(message_id, domains)
    return may_be and OutgoingMail.objects.filter(message_id=message_id).exists()


def read_pending(limit: int = BATCH) -> int:
    """Read what was fetched, and make cards of it; how many mails were looked at. Safe to run twice, and at once."""
    chosen = _due(limit)
    if not chosen:
        return 0
    try:
        return _read(chosen)
    except Exception:
        logger.exception("a batch of %d mails failed; each is tried alone", len(chosen))
    for one in chosen:
        try:
            _read([one])
        except Exception as error:
            logger.exception("mail %d failed", one)
            _put_off(one, f"Le courriel n’a pas pu être rangé ({type(error).__name__}).")
    return len(chosen)


def _due(limit: int) -> list[int]:
    """The oldest that wait, as many as fit in memory at once."""
    waiting = RawMail.objects.filter(parse_state=ParseState.PENDING, next_try_at__lte=clock.now()).order_by("pk")
    chosen: list[int] = []
    size = 0
    for pk, one in waiting.values_list("pk", "size")[:limit]:
        if chosen and size + one > BATCH_BYTES:
            break
        chosen.append(pk)
        size += one
    return chosen


def _read(chosen: Sequence[int]) -> int:
    with deed(MailboxVerb.MAIL_READ, by=None):
        rows = (
            RawMail.objects.filter(pk__in=chosen, parse_state=ParseState.PENDING)
            .select_related("mailbox__desk")
            .order_by("pk")
            .select_for_update(of=("self",), skip_locked=True)
        )
        us, began = ours(), monotonic()
        arrivals: list[Arrival] = []
        looked_at = 0
        for row in rows:
            looked_at += 1
            answer = read_guarded(bytes(row.raw), us)
            if not isinstance(answer, Unreadable):
                arrivals.append(arrival_of(row, answer))
            elif row.attempts >= len(TRIED_AGAIN):
                arrivals.append(arrival_of(row, None, said=answer.reason))
            else:
                _put_off(row.pk, answer.reason)
            if monotonic() - began > PATIENCE:
                break
        file_arrivals(arrivals)
        _note_read(arrivals)
        return looked_at


def _note_read(arrivals: Sequence[Arrival]) -> None:
    read = RawMail.objects.filter(pk__in=[one.raw.pk for one in arrivals if one.reading])
    read.update(parse_state=ParseState.DONE, parse_error="", attempts=F("attempts") + 1)
    for one in arrivals:
        if not one.reading:
            _note_unreadable(one)


def _note_unreadable(one: Arrival) -> None:
    with deed(MailboxVerb.MAIL_UNREADABLE, by=None):
        RawMail.objects.filter(pk=one.raw.pk).update(
            parse_state=ParseState.UNREADABLE, parse_error=one.said[:300], attempts=F("attempts") + 1
        )


def _put_off(pk: int, said: str) -> None:
    """Try this one again later, each time a little later."""
    row = RawMail.objects.filter(pk=pk, parse_state=ParseState.PENDING)
    attempts = row.values_list("attempts", flat=True).first() or 0
    wait = TRIED_AGAIN[min(attempts, len(TRIED_AGAIN) - 1)]
    row.update(attempts=F("attempts") + 1, parse_error=said[:300], next_try_at=clock.now() + wait)


def read_again(mail: Mail, *, by: User) -> bool:
    """« Relire »: understand the same bytes anew. What people decided stays: thread, nature, contact.

    False when it still cannot be read.
    """
    with deed(MailboxVerb.MAIL_READ_AGAIN, by=by):
        if not keeps(by, mail.desk):
            raise Refused("Ce courriel n’est pas de votre guichet.")
        row = RawMail.objects.select_for_update().select_related("mailbox__desk").get(pk=mail.raw_id)
        if row.emptied_at:
            raise Refused("L’original de ce courriel n’est plus gardé : il ne peut pas être relu.")
        answer = read_guarded(bytes(row.raw), ours())
        if isinstance(answer, Unreadable):
            RawMail.objects.filter(pk=row.pk).update(parse_error=answer.reason[:300], attempts=F("attempts") + 1)
            return False
        arrival = arrival_of(row, answer)
        fresh = arrival.mail
        facts = {name: getattr(fresh, name) for name in (*READ, "from_address", "read_kind", "is_verified")}
        facts |= {"is_readable": True, "wants_no_reply": fresh.wants_no_reply}
        if mail.kind == mail.read_kind and not mail.interaction_id:  # nobody said otherwise, nobody works on it
            facts["kind"] = fresh.kind
        Mail.objects.filter(pk=mail.pk).update(**facts)
        _bring_parts(mail, arrival)
        RawMail.objects.filter(pk=row.pk).update(
            parse_state=ParseState.DONE, parse_error="", attempts=F("attempts") + 1
        )
        mail.refresh_from_db()
        return True


def _bring_parts(mail: Mail, arrival: Arrival) -> None:
    """Attachments found now; those known keep what was found of their innocence."""
    for part in arrival.parts:
        part.mail = mail
    Attachment.objects.bulk_create(arrival.parts, ignore_conflicts=True)
