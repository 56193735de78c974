"""A reading as JSON: between the process that reads and the one that keeps it, and for people who ask."""

import dataclasses
from datetime import datetime
from typing import Any

from callcare.mailbox.rules.readings import Address, Failure, Fold, FoldKind, Kind, Part, Reading

Json = dict[str, Any]


def as_json(reading: Reading) -> Json:
    """The reading in plain values, without loss."""
    said = dataclasses.asdict(reading)
    said["sent_at"] = reading.sent_at.isoformat() if reading.sent_at else None
    return said


def from_json(said: Json) -> Reading:
    """The reading again. Raises KeyError, TypeError or ValueError on anything that is none."""
    return Reading(
        kind=Kind(said["kind"]),
        why=_text(said["why"]),
        message_id=_text(said["message_id"]),
        in_reply_to=_texts(said["in_reply_to"]),
        references=_texts(said["references"]),
        tokens=_texts(said["tokens"]),
        tags=_texts(said["tags"]),
        from_=_address(said["from_"]),
        reply_to=_address(said["reply_to"]) if said["reply_to"] is not None else None,
        to=tuple(map(_address, said["to"])),
        cc=tuple(map(_address, said["cc"])),
        subject=_text(said["subject"]),
        sent_at=datetime.fromisoformat(said["sent_at"]) if said["sent_at"] is not None else None,
        text=_text(said["text"]),
        html=_text(said["html"]),
        folds=tuple(Fold(int(one["start"]), int(one["end"]), FoldKind(one["kind"])) for one in said["folds"]),
        parts=tuple(map(_part, said["parts"])),
        body_digest=_text(said["body_digest"]),
        failures=tuple(Failure(**{name: _text(value) for name, value in one.items()}) for one in said["failures"]),
        wants_no_reply=bool(said["wants_no_reply"]),
        is_authenticated=said["is_authenticated"]
        if said["is_authenticated"] is None
        else bool(said["is_authenticated"]),
        charset=_text(said["charset"]),
        warnings=_texts(said["warnings"]),
    )


def _address(said: Json) -> Address:
    return Address(_text(said["name"]), _text(said["address"]))


def _part(said: Json) -> Part:
    words = {name: _text(said[name]) for name in ("name", "declared_type", "found_type", "content_id", "warning")}
    return Part(number=int(said["number"]), size=int(said["size"]), is_inline=bool(said["is_inline"]), **words)


def _texts(said: list[str]) -> tuple[str, ...]:
    return tuple(map(_text, said))


def _text(said: object) -> str:
    if not isinstance(said, str):
        raise TypeError("a text was expected")
    return said
