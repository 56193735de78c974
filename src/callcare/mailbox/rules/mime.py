"""A mail taken apart: headers, and the leaves of its tree of parts. Nothing is decoded, copied or written anew.

The bytes are cut where they stand, without recursion, so that thousands of nested parts are as harmless as one.
"""

import binascii
import re
from dataclasses import dataclass, field

from callcare.mailbox.rules import words

MOST_PARTS = 200
DEEPEST = 30
MOST_BOUNDARIES = 20_000
LONGEST_HEAD = 2_000_000
MOST_HEADERS = 10_000

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_HEADER = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")
_KNOWN_TOPS = {"text", "image", "audio", "video", "application", "message", "multipart", "font", "model", "chemical"}

Headers = dict[str, list[str]]  # names in lower case; a character U+DC80–DCFF stands for a raw byte


@dataclass(frozen=True)
class Leaf:
    """A part that holds no other parts."""

    number: int  # from 1, in the order of the mail
    headers: Headers
    type: str
    parameters: dict[str, str]
    disposition: str
    disposition_parameters: dict[str, str]
    encoding: str
    body: memoryview
    inside: tuple[str, ...]  # the multiparts around it, outermost first
    choice: int  # which multipart/alternative it is one way of saying; -1 when it stands for itself


@dataclass
class Mail:
    """The whole, taken apart."""

    headers: Headers
    type: str
    parameters: dict[str, str]
    leaves: list[Leaf] = field(default_factory=list)
    has_more: bool = False  # parts beyond those that are looked at
    is_too_deep: bool = False


@dataclass(frozen=True)
class _Piece:
    start: int
    end: int
    inside: tuple[str, ...]
    default: str = "text/plain"
    choice: int = -1


def first(headers: Headers, name: str) -> str:
    return headers.get(name, [""])[0]


def taken_apart(raw: bytes) -> Mail:
    """The tree of a mail, as the list of its leaves."""
    mail: Mail | None = None
    todo = [_Piece(0, len(raw), ())]
    while todo:
        piece = todo.pop()
        headers, at = head(raw, piece.start, piece.end)
        kind, parameters = words.parameters(first(headers, "content-type"))
        kind = _sound_type(kind, piece.default)
        mail = mail or Mail(headers, kind, parameters)
        within = _children(raw, at, piece, kind, parameters.get("boundary", ""), mail)
        if within is not None:
            todo += reversed(within)
            continue
        if kind.startswith("multipart/") and piece.inside and not raw[at : piece.end].strip():
            continue  # parts that are announced and do not come
        if len(mail.leaves) >= MOST_PARTS:
            mail.has_more = True
            break
        mail.leaves.append(_leaf(raw, at, piece, headers, kind, parameters, len(mail.leaves) + 1))
    return mail or Mail({}, "text/plain", {})


def head(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The headers that begin at `start`, and where the body begins."""
    if raw[start : start + 1] == b"\n" or raw[start : start + 2] == b"\r\n":
        return {}, raw.index(b"\n", start, end) + 1 if start < end else end
    blank = _BLANK_LINE.search(raw, start, end)
    stop, body = (blank.start(), blank.end()) if blank else (end, end)
    headers: dict[str, list[list[str]]] = {}
    current: list[str] = []
    at = start
    for line in raw[start : min(stop, start + LONGEST_HEAD)].split(b"\n", MOST_HEADERS)[:MOST_HEADERS]:
        found = _HEADER.match(line)
        if line[:1] in {b" ", b"\t"} and current:
            current.append(_characters(line))
        elif found:
            current = [_characters(line[found.end() :])]
            headers.setdefault(found[1].decode("ascii").lower(), []).append(current)
        elif not line.startswith((b"From ", b">From ")) and line.strip():
            return _closed(headers), at  # what is no header begins the body, as everybody reads it
        at += len(line) + 1
    return _closed(headers), body


def payload(leaf: Leaf) -> bytes:
    """The decoded bytes of a leaf. A wrong encoding gives what can be read of it."""
    data = bytes(leaf.body)
    if leaf.encoding == "base64":
        return words.from_base64(data)
    if leaf.encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if leaf.encoding in {"x-uuencode", "uuencode", "uue", "x-uue"}:
        return _from_uuencode(data)
    return data


def size(leaf: Leaf) -> int:
    """How large it is about, without decoding it."""
    return len(leaf.body) * 3 // 4 if leaf.encoding == "base64" else len(leaf.body)


def _closed(headers: dict[str, list[list[str]]]) -> Headers:
    """Lines joined: done once at the end, since a thousand folded lines joined one by one would cost a million."""
    return {name: ["".join(lines).strip() for lines in values] for name, values in headers.items()}


def _characters(line: bytes) -> str:
    return line.rstrip(b"\r").decode("ascii", "surrogateescape")


def _sound_type(said: str, default: str) -> str:
    if _TYPE.fullmatch(said):
        return said
    word = said.partition("/")[0]
    if word in _KNOWN_TOPS - {"text", "multipart"} and said:
        return "application/octet-stream"
    return default


def _children(raw: bytes, at: int, piece: _Piece, kind: str, boundary: str, mail: Mail) -> list[_Piece] | None:
    """The parts of a multipart; None for a leaf, or for what cannot be cut."""
    if not kind.startswith("multipart/") or not boundary:
        return None
    if len(piece.inside) >= DEEPEST:
        mail.is_too_deep = True
        return None
    mark = b"--" + boundary.encode("utf-8", "surrogateescape")
    spots = _boundaries(raw, at, piece.end, mark)
    if not spots:
        return None
    if len(spots) > MOST_PARTS + 1:
        mail.has_more = True
        del spots[MOST_PARTS + 1 :]
    inside = (*piece.inside, kind)
    default = "message/rfc822" if kind == "multipart/digest" else "text/plain"
    choice = at if kind == "multipart/alternative" and piece.choice < 0 else piece.choice
    ends = [begin for begin, _, _ in spots[1:]] + [piece.end]
    pieces = [
        _Piece(after, _before_line_break(raw, after, end), inside, default, choice)
        for (_, after, is_last), end in zip(spots, ends, strict=True)
        if not is_last
    ]
    return pieces or None


def _boundaries(raw: bytes, start: int, end: int, mark: bytes) -> list[tuple[int, int, bool]]:
    """Where the boundary stands: its own line's begin, what follows the line, and whether it is the last."""
    spots: list[tuple[int, int, bool]] = []
    at = start if raw.startswith(mark, start, end) else _line_with(raw, start, end, mark)
    tries = 0
    while at >= 0 and tries < MOST_BOUNDARIES:
        tries += 1
        after = raw.find(b"\n", at, end) + 1 or end
        rest = raw[at + len(mark) : min(after, at + len(mark) + 100)].strip()
        if rest in {b"", b"--"}:
            spots.append((at, after, rest == b"--"))
            if rest:
                break
        at = _line_with(raw, after - 1, end, mark)
    return spots


def _line_with(raw: bytes, start: int, end: int, mark: bytes) -> int:
    """The next line that begins with the boundary; -1 when there is none."""
    found = raw.find(b"\n" + mark, start, end)
    return found + 1 if found >= 0 else -1


def _before_line_break(raw: bytes, start: int, end: int) -> int:
    if end > start and raw[end - 1 : end] == b"\n":
        end -= 1
        if end > start and raw[end - 1 : end] == b"\r":
            end -= 1
    return end


def _leaf(
    raw: bytes, at: int, piece: _Piece, headers: Headers, kind: str, parameters: dict[str, str], number: int
) -> Leaf:
    disposition, of_disposition = words.parameters(first(headers, "content-disposition"))
    encoding = words.parameters(first(headers, "content-transfer-encoding"))[0].split(" ")[0]
    body = memoryview(raw)[at : max(at, piece.end)]
    if kind.startswith("multipart/"):
        kind = "text/plain" if not piece.inside else "application/octet-stream"
    return Leaf(
        number, headers, kind, parameters, disposition, of_disposition, encoding, body, piece.inside, piece.choice
    )


def _from_uuencode(data: bytes) -> bytes:
    pieces: list[bytes] = []
    for line in data.splitlines():
        if line.startswith((b"begin ", b"end")) or not line:
            continue
        try:
            pieces.append(binascii.a2b_uu(line))
        except binascii.Error:
            length = ((line[0] - 32) & 63) * 4 // 3 + 1 if line else 0
            try:
                pieces.append(binascii.a2b_uu(line[: length + 3]))
            except binascii.Error:
                continue
    return b"".join(pieces)
