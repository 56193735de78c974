"""Who a mail names, which other mails it names, and when it says it was sent."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

from callcare.mailbox.rules import charsets, identifiers, words
from callcare.mailbox.rules.mime import Headers, first
from callcare.mailbox.rules.readings import Address, Ours

MOST_ADDRESSES = 500
MOST_IDS = 500
LONGEST_ADDRESS = 254
LONGEST_NAME = 300
FIRST_YEAR, LAST_YEAR = 1980, 2100
# Where a mail for an address of ours with a + may have kept it.
WITH_TOKENS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "reply-to")

_ID = re.compile(r"<([^<>]{1,2000})>")
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@<>\"(),:;\\\[\]]{1,190}")
# What may separate; a quoted word and an escaped character hold no separator.
_MARKS = re.compile(r"\\.|\"(?:[^\"\\]|\\.){0,2000}\"|[()<>,;]", re.DOTALL)
_TOKEN = re.compile(r"[a-z0-9_.=-]{1,100}")
_TAG = re.compile(r"\[\s?(CC-[0-9A-Za-z-]{1,40})\s?\]", re.IGNORECASE)
_NAMED_ZONE = re.compile(r"\s*\([^()]{0,60}\)\s*$")


def addresses(values: list[str]) -> tuple[Address, ...]:
    """The correspondents of these header values, the first five hundred."""
    found: list[Address] = []
    for value in values[:20]:
        for item in _items(value[: words.LONGEST_VALUE]):
            one = _address(item)
            if one:
                found.append(one)
            if len(found) >= MOST_ADDRESSES:
                return tuple(found)
    return tuple(found)


def sender(headers: Headers) -> Address:
    """Who wrote: From, else Sender. Nobody readable is an empty address, with whatever the header says as name."""
    for name in ("from", "sender"):
        found = addresses(headers.get(name, []))
        best = next((one for one in found if one.address), found[0] if found else None)
        if best:
            return best
    return Address("", "")


def reply_to(headers: Headers) -> Address | None:
    return next((one for one in addresses(headers.get("reply-to", [])) if one.address), None)


def message_id(headers: Headers) -> str:
    """The Message-ID with its brackets, also where the mail forgot them; "" when there is none."""
    value = first(headers, "message-id")
    found = ids([value])
    if found:
        return found[0]
    bare = charsets.one_line(words.plain(value[:4000])).strip("<> ")
    return identifiers.shortened(f"<{bare.replace(' ', '')}>") if bare else ""


def ids(values: list[str]) -> tuple[str, ...]:
    """The identifiers of In-Reply-To or References, each once, in order; of a monstrous list the two ends."""
    seen: dict[str, None] = {}
    for value in values[:20]:
        for found in _ID.finditer(value[: words.LONGEST_VALUE]):
            inner = "".join(charsets.one_line(words.plain(found[1])).split())
            if inner:
                seen.setdefault(identifiers.shortened(f"<{inner}>"))
    kept = list(seen)
    if len(kept) > MOST_IDS:
        kept = kept[: MOST_IDS // 5] + kept[-(MOST_IDS - MOST_IDS // 5) :]
    return tuple(kept)


def tokens(headers: Headers, ours: Ours) -> tuple[str, ...]:
    """What stands after the + in an address of ours."""
    seen: dict[str, None] = {}
    for name in WITH_TOKENS:
        for one in addresses(headers.get(name, [])):
            local, _, domain = one.address.rpartition("@")
            base, plus, token = local.partition("+")
            is_ours = domain == ours.domain.lower() or f"{base}@{domain}" in ours.addresses
            if plus and is_ours and _TOKEN.fullmatch(token):
                seen.setdefault(token)
    return tuple(seen)


def tags(subject: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found[1].upper() for found in _TAG.finditer(subject)))


def sent_at(headers: Headers) -> datetime | None:
    """The instant of the Date header in UTC; None when there is none, or one that no mail was ever sent at."""
    said = _NAMED_ZONE.sub("", words.plain(first(headers, "date")[:200]))
    try:
        parsed = parsedate_tz(said)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    if not parsed or not FIRST_YEAR <= parsed[0] <= LAST_YEAR:
        return None
    try:
        instant = datetime(*parsed[:5], min(parsed[5], 59), tzinfo=UTC) - timedelta(seconds=parsed[9] or 0)
    except (ValueError, OverflowError, TypeError):
        return None
    return instant if FIRST_YEAR <= instant.year <= LAST_YEAR else None


def is_address(said: str) -> bool:
    return len(said) <= LONGEST_ADDRESS and bool(_ADDRESS.fullmatch(said))


def _items(value: str) -> list[str]:
    """Cut at commas (and semicolons, as some programs write) outside quotes, brackets and comments."""
    items: list[str] = []
    start, depth, angle = 0, 0, False
    for found in _MARKS.finditer(value):
        char = found[0]
        if char in "()":
            depth = max(0, depth + (1 if char == "(" else -1))
        elif char in "<>":
            angle = char == "<"
        elif char in ",;" and not depth and not angle:
            items.append(value[start : found.start()])
            start = found.end()
            if len(items) > MOST_ADDRESSES:
                return items
    rest = value[start:]
    return items + (rest.split(",")[:MOST_ADDRESSES] if depth or angle else [rest])


def _address(item: str) -> Address | None:
    item = item.strip()
    if not item or item.endswith(":"):  # a group of nobody, as undisclosed-recipients
        return None
    before, bracket, after = item.rpartition("<")
    if bracket:
        inside = after.partition(">")[0]
        name = _name(before) or _name(after.partition(">")[2])
    else:
        item = item.rpartition(":")[2].strip() if ":" in item and "@" in item.rpartition(":")[2] else item
        inside, _, comment = item.partition("(")
        name = _name(comment.rstrip(") ")) if is_address(_spelt(inside)) else _name(item)
    address = _spelt(inside)
    if is_address(address):
        return Address("" if name.lower() == address else name, address)
    return Address(name or charsets.one_line(inside), "") if name.strip(" :;") else None


def _spelt(said: str) -> str:
    """An address in the one spelling that is compared; a display name put inside the brackets is not one."""
    said = charsets.one_line(words.text_of(said)).strip(" '\"").lower()
    said = said.removeprefix("mailto:").removeprefix("smtp:")
    return said.replace(" @ ", "@").replace("\ufeff", "").replace("\u200b", "")


def _name(said: str) -> str:
    said = said.strip()
    if len(said) > 1 and said[0] == said[-1] == '"':
        said = re.sub(r"\\(.)", r"\1", said[1:-1])
    return words.text_of(said).strip("\"' ")[:LONGEST_NAME].strip()
