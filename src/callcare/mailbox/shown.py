"""What intake understands of a mail, laid out for a person who asks on the command line."""

from typing import Any

from callcare.mailbox.rules import quotes
from callcare.mailbox.rules.readings import Address, Part, Reading

Json = dict[str, Any]


def laid_out(reading: Reading) -> Json:
    """A reading under the words people use; `shown` is what stays visible when everything is folded."""
    return {
        "kind": str(reading.kind),
        "why": reading.why,
        "from": _address(reading.from_),
        "reply_to": _address(reading.reply_to) if reading.reply_to else None,
        "to": [_address(one) for one in reading.to],
        "cc": [_address(one) for one in reading.cc],
        "subject": reading.subject,
        "date": reading.sent_at.isoformat() if reading.sent_at else None,
        "text": reading.text,
        "shown": quotes.shown(reading.text, reading.folds).strip(),
        "folded": [
            {"kind": str(fold.kind), "start": fold.start, "end": fold.end, "text": reading.text[fold.start : fold.end]}
            for fold in reading.folds
        ],
        "html": reading.html,
        "charset": reading.charset,
        "attachments": [_attachment(part) for part in reading.parts],
        "thread": {
            "message_id": reading.message_id,
            "in_reply_to": list(reading.in_reply_to),
            "references": list(reading.references),
            "tokens": list(reading.tokens),
            "tags": list(reading.tags),
            "body_digest": reading.body_digest,
        },
        "failures": [vars(failure) for failure in reading.failures],
        "wants_no_reply": reading.wants_no_reply,
        "is_authenticated": reading.is_authenticated,
        "warnings": list(reading.warnings),
    }


def _address(one: Address) -> Json:
    return {"name": one.name, "address": one.address}


def _attachment(part: Part) -> Json:
    return {
        "number": part.number,
        "name": part.name,
        "type": part.found_type,
        "declared_type": part.declared_type,
        "size": part.size,
        "inline": part.is_inline,
        "content_id": part.content_id,
        "warning": part.warning,
    }
