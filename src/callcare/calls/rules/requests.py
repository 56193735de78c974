"""What reaches the door, and the small readings every adapter shares."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.parser import BytesParser
from email.policy import compat32
from typing import Any
from urllib.parse import parse_qs

MOST_FIELDS = 200


class Unreadable(Exception):
    """The request says nothing we understand; the sentence is for the page that shows it."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as received. Header names are in lower case; `query` is what stood behind the « ? »."""

    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    query: str = ""
    method: str = "POST"
    received_at: datetime = field(default_factory=lambda: datetime.fromtimestamp(0, UTC))

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def fields_of(request: Request) -> dict[str, Any]:
    """The fields of a JSON object or of a form, whichever it is; raises Unreadable for anything else.

    A repeated form field is a list, and `name[]` is `name`.
    """
    if request.content_type == "multipart/form-data":
        return _multipart(request)
    text = request.body.decode("utf-8", "replace").strip()
    if request.content_type == "application/json" or text[:1] in {"{", "["}:
        return json_object(text)
    return _form(text or request.query)


def json_object(text: str) -> dict[str, Any]:
    """A JSON object; raises Unreadable for other JSON and for what is none (also one nested without end)."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("Le corps n’est pas du JSON lisible.") from error
    if not isinstance(said, dict):
        raise Unreadable("Le corps n’est pas un objet JSON.")
    return said


def _form(text: str) -> dict[str, Any]:
    try:
        pairs = parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Unreadable("Le formulaire a trop de champs.") from error
    if not pairs:
        raise Unreadable("La requête est vide.")
    return {name.removesuffix("[]"): values if len(values) > 1 else values[0] for name, values in pairs.items()}


def _multipart(request: Request) -> dict[str, Any]:
    head = f"Content-Type: {request.headers.get('content-type', '')}\r\n\r\n".encode("utf-8", "replace")
    message = BytesParser(policy=compat32).parsebytes(head + request.body)
    found: dict[str, list[str]] = {}
    for part in list(message.walk())[1 : MOST_FIELDS + 1]:
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            found.setdefault(name.removesuffix("[]"), []).append(content.decode("utf-8", "replace"))
    if not found:
        raise Unreadable("Le formulaire est vide ou abîmé.")
    return {name: values if len(values) > 1 else values[0] for name, values in found.items()}


def text_of(said: Any, *, most: int = 200) -> str:
    """A text or a number as one short line; anything else is "". No control character enters the database."""
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        return ""
    line = str(said)
    if not line.isprintable():
        line = "".join(char if char.isprintable() else " " for char in line)
    return " ".join(line.split())[:most]


def texts_of(said: Any, *, most: int = 20) -> tuple[str, ...]:
    """A text or a list of texts, without empty ones."""
    every = said if isinstance(said, list) else [said]
    return tuple(text for one in every[:most] if (text := text_of(one)))


def instant_of(said: Any) -> datetime | None:
    """Unix time (seconds, or nanoseconds where it is that large) or ISO 8601; None for what is no instant of ours."""
    if isinstance(said, bool) or not isinstance(said, str | int | float):
        return None
    try:
        seconds = float(said)
    except ValueError:
        return _iso(str(said))
    except OverflowError:
        return None
    try:
        return datetime.fromtimestamp(seconds / 1e9 if seconds > 1e14 else seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def _iso(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC) if at.year > 1970 else None


def seconds_of(said: Any) -> int | None:
    """A duration in seconds, None where it is none or longer than a day."""
    try:
        seconds = round(float(said))
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if 0 <= seconds < 86_400 else None


def within(said: Any) -> Mapping[str, Any]:
    """An object inside an object; an empty one where there is none."""
    return said if isinstance(said, dict) else {}


def first_of(said: Mapping[str, Any], *names: str) -> Any:
    """The first of these fields that is there and says something."""
    return next((said[name] for name in names if said.get(name) not in (None, "", [])), None)
