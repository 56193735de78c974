"""Header values: encoded words, raw bytes, parameters. Bounded and linear, whatever a mail brings."""

import binascii
import re
from urllib.parse import unquote_to_bytes

from callcare.mailbox.rules import charsets

LONGEST_VALUE = 200_000
MOST_PARAMETERS = 64

_ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\r\n]{0,4000})\?=")
_UNFOLDED = re.compile(r"\r?\n(?=[ \t])")
_NAME = re.compile(r"[A-Za-z0-9!#$%&+.^_`|~-]{1,60}(?:\*\d{1,3})?\*?")


def text_of(value: str) -> str:
    """A header as a person reads it: encoded words decoded, raw bytes read by the ladder, on one line."""
    value = _UNFOLDED.sub("", value[:LONGEST_VALUE])
    pieces: list[str] = []
    waiting: list[bytes] = []  # neighbours in one charset are joined first: some cut a letter in two
    charset, at = "", 0
    for found in _ENCODED.finditer(value):
        between = value[at : found.start()]
        name = found[1].lower()
        is_neighbour = bool(waiting) and not between.strip()
        if waiting and not (is_neighbour and name == charset):
            pieces.append(charsets.decoded(b"".join(waiting), charset)[0])
            waiting = []
        if not is_neighbour:
            pieces.append(plain(between))
        waiting.append(_bytes_of(found[2], found[3]))
        charset, at = name, found.end()
    if waiting:
        pieces.append(charsets.decoded(b"".join(waiting), charset)[0])
    pieces.append(plain(value[at:]))
    return charsets.one_line("".join(pieces))


def plain(value: str) -> str:
    """Characters that stand for raw bytes are read by the ladder; what is a character already stays."""
    if value.isascii():
        return value
    try:
        data = value.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode("utf-8", "replace")
    return charsets.decoded(data, None)[0]


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset=x` → the first word in lower case, and its parameters (RFC 2231 and encoded words read)."""
    head, *rest = _split(value[:LONGEST_VALUE])
    simple: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for item in rest:
        name, equals, said = item.partition("=")
        name, said = name.strip().lower(), _unquoted(said.strip())
        if not equals or not _NAME.fullmatch(name):
            continue
        if "*" not in name:
            simple.setdefault(name, said)
            continue
        base, number, is_encoded = _place(name)
        pieces.setdefault(base, {})[number] = (is_encoded, said)
    read = {name: text_of(said) for name, said in simple.items()}
    read |= {name: _joined(parts) for name, parts in pieces.items()}
    return charsets.one_line(head).lower(), read


def _bytes_of(encoding: str, said: str) -> bytes:
    data = said.encode("ascii", "surrogateescape") if _only_bytes(said) else said.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(data, header=True)
    return from_base64(data)


def from_base64(data: bytes) -> bytes:
    """What base64 says, whatever is missing or too much around it."""
    try:
        return binascii.a2b_base64(data, strict_mode=False)
    except binascii.Error:
        clean = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        return binascii.a2b_base64(clean[: len(clean) // 4 * 4] + _tail(clean))


def _tail(clean: bytes) -> bytes:
    rest = clean[len(clean) // 4 * 4 :]
    return rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b""


def _only_bytes(said: str) -> bool:
    return all(ord(char) < 128 or 0xDC80 <= ord(char) <= 0xDCFF for char in said)


def _split(value: str) -> list[str]:
    """Cut at the semicolons outside quotes."""
    items: list[str] = []
    start, quoted, escaped = 0, False, False
    for at, char in enumerate(value):
        if escaped:
            escaped = False
        elif char == "\\" and quoted:
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char == ";" and not quoted:
            items.append(value[start:at])
            start = at + 1
            if len(items) > MOST_PARAMETERS:
                return items
    return [*items, value[start:]]


def _unquoted(said: str) -> str:
    if len(said) > 1 and said[0] == said[-1] == '"':
        return re.sub(r"\\(.)", r"\1", said[1:-1])
    return said.strip('"')


def _place(name: str) -> tuple[str, int, bool]:
    """`filename*1*` → filename, second piece, encoded."""
    is_encoded = name.endswith("*")
    base, _, number = name.rstrip("*").partition("*")
    return base, int(number) if number.isdecimal() else 0, is_encoded


def _joined(parts: dict[int, tuple[bool, str]]) -> str:
    charset, data, begun = "", b"", False
    for _, (is_encoded, said) in sorted(parts.items()):
        piece = said
        if is_encoded and not begun and said.count("'") >= 2:
            charset, _, piece = said.split("'", 2)
        begun = True
        raw = piece.encode("utf-8", "surrogateescape")
        data += unquote_to_bytes(raw) if is_encoded else raw
    return charsets.one_line(charsets.decoded(data, charset)[0])
