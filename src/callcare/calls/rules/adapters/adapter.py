"""What an adapter is."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from callcare.calls.rules.events import Event
from callcare.calls.rules.requests import Request

Options = Mapping[str, str]  # what the trunk's page asks for this provider, by name; secrets among them


@dataclass(frozen=True, slots=True)
class Reply:
    """What the provider is answered, always with a 2xx."""

    content_type: str = "application/json"
    body: bytes = b"{}"


@dataclass(frozen=True, slots=True)
class Sample:
    """What a test event is made of: a call of ours to ourselves, that opens no contact."""

    call_id: str
    number_from: str
    number_to: str
    at: datetime


def no_sample(sample: Sample, options: Options) -> Request | None:
    return None


def signed(body: str, content_type: str, at: datetime, **headers: str) -> Request:
    """A request of this text."""
    return Request(headers={"content-type": content_type, **headers}, body=body.encode(), received_at=at)


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing the provider gives or asks, typed on the trunk's page."""

    name: str
    label: str
    hint: str = ""
    is_secret: bool = False


def genuine(request: Request, options: Options) -> bool:
    """For providers that sign nothing: the secret in the address is all there is."""
    return True


def fresh(request: Request, options: Options) -> bool:
    """For providers whose signature covers no time: what was captured can be sent again, and is a repeat."""
    return True


def nothing(request: Request, options: Options, address: str) -> Reply:
    return Reply()


def as_received(request: Request) -> Request:
    return request


def body_digest(request: Request) -> str:
    """The same bytes on the same day are the same request: no parsing is needed to notice a repeat."""
    day = f"{request.received_at:%Y-%m-%d}"
    return hashlib.sha256(b"\x1f".join((day.encode(), request.query.encode(), request.body))).hexdigest()


@dataclass(frozen=True, slots=True)
class Adapter:
    """How one provider speaks.

    `read` gives the events of a request and raises Unreadable for what says nothing; `is_genuine` checks its signature
    over the raw bytes, before anything is parsed, and `is_fresh` that it is of now; `reply` is what the provider wants
    back, given the trunk's address; `dedupe` names the request, so that a repeat is noticed; `scrub` takes out what
    must not be kept (a credential in the body); `sample` writes a new call as this provider would. A new call later
    than `recycled_after` behind the last word of its id is another call. `after_address` is what follows our address
    on the provider's page. `listens` is True where the house goes and asks, instead of being told.
    """

    provider: str
    read: Callable[[Request, Options], list[Event]]
    is_genuine: Callable[[Request, Options], bool] = genuine
    is_fresh: Callable[[Request, Options], bool] = fresh
    reply: Callable[[Request, Options, str], Reply] = nothing
    dedupe: Callable[[Request], str] = body_digest
    scrub: Callable[[Request], Request] = as_received
    sample: Callable[[Sample, Options], Request | None] = no_sample
    methods: tuple[str, ...] = ("POST",)
    settings: tuple[Setting, ...] = field(default=())
    recycled_after: timedelta = timedelta(hours=24)
    listens: bool = False
    after_address: str = ""
