"""One mail between its bytes and its row: what was read of it, cut to what a row can hold."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from callcare.desk.models import Desk
from callcare.mailbox.enums import MailKind
from callcare.mailbox.models import Attachment, Mail, RawMail
from callcare.mailbox.rules import identifiers
from callcare.mailbox.rules.charsets import decoded, one_line
from callcare.mailbox.rules.readings import Address, Part, Reading

MOST_FOLLOWED = 60  # identifiers of References that are kept: the first, and the last ones
NO_DATE = timedelta(days=1)  # a server's date further ahead than that is not believed

_FROM = re.compile(rb"^from:[^\r\n]*?([^\s<>\"(),:;]{1,64}@[^\s<>\"(),:;]{1,190})", re.IGNORECASE | re.MULTILINE)
_SUBJECT = re.compile(rb"^subject:[ \t]*([^\r\n]{0,300})", re.IGNORECASE | re.MULTILINE)


@dataclass(eq=False)
class Arrival:
    """A mail on its way to a row. `reading` is None for one that cannot be read; `said` is why."""

    raw: RawMail
    reading: Reading | None
    mail: Mail
    said: str = ""
    parts: list[Attachment] = field(default_factory=list)
    copy_of: "Arrival | None" = None  # within the same batch

    @property
    def desk(self) -> Desk:
        return self.raw.mailbox.desk

    @property
    def is_copy(self) -> bool:
        return self.copy_of is not None or self.mail.copy_of_id is not None

    @property
    def follows(self) -> list[str]:
        """The identifiers it names, the likeliest first: what it answers, then the last of its references."""
        return list(dict.fromkeys([*self.mail.in_reply_to, *reversed(self.mail.references)]))


def arrival_of(raw: RawMail, reading: Reading | None, *, said: str = "") -> Arrival:
    """The mail as its row will be, not yet in any thread."""
    came = raw.internal_date or raw.received_at
    if came > raw.received_at + NO_DATE:
        came = raw.received_at
    common = {"desk": raw.mailbox.desk, "raw": raw, "received_at": came}
    if reading is None:
        return Arrival(raw, None, Mail(**common, **_guessed(raw), is_readable=False), said=said)
    kind = MailKind(reading.kind.value)
    mail = Mail(
        **common,
        kind=kind,
        read_kind=kind,
        why=reading.why[:200],
        is_verified=reading.is_authenticated,
        wants_no_reply=reading.wants_no_reply,
        message_id=identifiers.shortened(reading.message_id) or identifiers.synthetic(raw.sha256),
        in_reply_to=_ends([identifiers.shortened(one) for one in reading.in_reply_to]),
        references=_ends([identifiers.shortened(one) for one in reading.references]),
        from_name=reading.from_.name[:200],
        from_address=reading.from_.address[:254],
        reply_to=(reading.reply_to.address if reading.reply_to else "")[:254],
        to=[_said(one) for one in reading.to],
        cc=[_said(one) for one in reading.cc],
        subject=reading.subject[:300],
        sent_at=reading.sent_at,
        text=reading.text,
        html=reading.html,
        folds=[{"start": one.start, "end": one.end, "kind": one.kind.value} for one in reading.folds],
        charset=reading.charset[:40],
        warnings=list(reading.warnings),
        failures=[
            {
                "recipient": one.recipient,
                "action": one.action,
                "status": one.status,
                "diagnostic": one.diagnostic,
                "message_id": one.message_id,
            }
            for one in reading.failures
        ],
        body_digest=reading.body_digest[:64],
    )
    return Arrival(raw, reading, mail, parts=[_part(one) for one in reading.parts])


def _ends(ids: list[str]) -> list[str]:
    return ids if len(ids) <= MOST_FOLLOWED else [ids[0], *ids[1 - MOST_FOLLOWED :]]


def _said(one: Address) -> dict[str, str]:
    return {"name": one.name, "address": one.address}


def _part(part: Part) -> Attachment:
    return Attachment(
        number=part.number,
        name=part.name[:200] or "sans nom",
        declared_type=part.declared_type[:120],
        found_type=part.found_type[:120],
        size=part.size,
        is_inline=part.is_inline,
        content_id=part.content_id[:200],
        warning=part.warning[:200],
    )


def _guessed(raw: RawMail) -> dict[str, Any]:
    """Of a mail that cannot be read: whatever stands plainly on its first lines."""
    head = bytes(raw.raw[:16_000])
    sender, subject = _FROM.search(head), _SUBJECT.search(head)
    return {
        "from_address": decoded(sender[1], None)[0].lower()[:254] if sender else "",
        "subject": one_line(decoded(subject[1], None)[0])[:300] if subject else "",
        "message_id": identifiers.synthetic(raw.sha256),
    }
