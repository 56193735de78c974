"""What the house understands of a mail: words shared by the rules that read it and by those who keep the result."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a mail is, decided before it joins a thread."""

    OWN = "own"
    BOUNCE = "bounce"
    RECEIPT = "receipt"
    AUTO_REPLY = "auto_reply"
    BULK = "bulk"
    SPAM = "spam"
    HUMAN = "human"


class FoldKind(StrEnum):
    """Why a passage is folded."""

    QUOTE = "quote"
    SIGNATURE = "signature"
    HISTORY = "history"  # an earlier mail under its headers, or under “message d’origine”


@dataclass(frozen=True)
class Address:
    """One correspondent as a header names it. `address` is lower case, "" when unreadable."""

    name: str
    address: str


@dataclass(frozen=True)
class Fold:
    """A passage of the text that the page shows folded; never removed. Character offsets, end excluded."""

    start: int
    end: int
    kind: FoldKind


@dataclass(frozen=True)
class Part:
    """An attachment; its bytes come from `part_bytes(raw, number)`. `warning` is a French sentence, or ""."""

    number: int
    name: str
    declared_type: str
    found_type: str
    size: int
    is_inline: bool
    content_id: str
    warning: str


@dataclass(frozen=True)
class Failure:
    """What a bounce says of one recipient. `message_id` is that of our letter, "" when it is not told."""

    recipient: str
    action: str
    status: str
    diagnostic: str
    message_id: str


def domains_of(domain: str, addresses: Iterable[str]) -> frozenset[str]:
    """The house's own domain and those of its boxes, lower case."""
    return frozenset({domain.lower(), *(one.lower().rpartition("@")[2] for one in addresses)} - {""})


@dataclass(frozen=True)
class Ours:
    """What the rules must know about us."""

    domain: str
    is_signed: Callable[[str], bool]  # is this Message-ID, with its brackets, one that we made?
    instance: str = ""  # our X-CallCare-Instance
    addresses: frozenset[str] = frozenset()  # our mailboxes, lower case
    servers: frozenset[str] = frozenset()  # names under which our own mail server writes Authentication-Results

    @property
    def domains(self) -> frozenset[str]:
        """Where we write from, lower case: the house's domain, and those of its boxes."""
        return domains_of(self.domain, self.addresses)


@dataclass(frozen=True)
class Reading:
    """A mail, understood. Every text in it can be stored: no NUL, no lone surrogate."""

    kind: Kind
    why: str  # French, for the operator: what made it this kind
    message_id: str  # with its brackets; "" when the mail has none
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    tokens: tuple[str, ...]  # what stands after the + in an address of ours
    tags: tuple[str, ...]  # CC-… of the subject, without the brackets
    from_: Address
    reply_to: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    sent_at: datetime | None  # aware, UTC; None when the Date header is missing or absurd
    text: str
    html: str  # sanitised; "" when there is none, or too big a one
    folds: tuple[Fold, ...]  # in order, not overlapping
    parts: tuple[Part, ...]
    body_digest: str  # SHA-256, hexadecimal, of the decoded leaf parts in order
    failures: tuple[Failure, ...]
    wants_no_reply: bool
    is_authenticated: bool | None  # None when our own server did not say
    charset: str  # what the text was read as
    warnings: tuple[str, ...]  # French sentences for the operator
