"""Rich text as Outlook packs it: unpacked (MS-OXRTFCP), and read as the plain words that stand in it."""

import re
import struct
from itertools import islice

from callcare.mailbox.rules import charsets

MOST_BYTES = 2_000_000  # of unpacked text; the rest is not read
MOST_TOKENS = 250_000  # words and marks of it; the reading of a mail has one second
LONGEST = 500_000  # characters

# What every packer and unpacker knows by heart, so that it need not be sent.
_KNOWN = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_HEAD = struct.Struct("<IIII")
_PACKED, _PLAIN = 0x75465A4C, 0x414C454D  # LZFu, MELA
_RING = 4096

_TOKEN = re.compile(
    rb"\\(?P<word>[a-z]{1,32})(?P<number>-?[0-9]{1,9})? ?|(?P<codes>(?:\\'[0-9a-fA-F]{2}){1,200})"
    rb"|\\(?P<sign>[^a-z0-9])|(?P<brace>[{}])|(?P<plain>[^\\{}\r\n]{1,5000})"
)
_AWAY = frozenset({
    b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"themedata", b"colorschememapping",
    b"latentstyles", b"datastore", b"listtable", b"listoverridetable", b"generator", b"htmltag", b"mhtmltag",
    b"header", b"footer", b"fldinst",
})  # fmt: skip
_BREAKS = {b"par": "\n", b"line": "\n", b"tab": "\t", b"row": "\n", b"cell": "\t", b"bullet": "•", b"emdash": "—",
           b"endash": "–", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”"}  # fmt: skip


def unpacked(data: bytes) -> bytes:
    """The rich text itself; what is cut short or damaged gives what came before."""
    if len(data) < _HEAD.size:
        return b""
    _, size, kind, _ = _HEAD.unpack_from(data)
    if kind == _PLAIN:
        return data[_HEAD.size :][: min(size, MOST_BYTES)]
    return _expanded(data[_HEAD.size :], min(size, MOST_BYTES)) if kind == _PACKED else b""


def _expanded(data: bytes, size: int) -> bytes:
    """Every bit of a control byte says whether a byte follows, or where in the last 4,096 bytes to look again."""
    ring = bytearray(_KNOWN.ljust(_RING, b" "))
    place, out, at = len(_KNOWN), bytearray(), 0
    while at < len(data) and len(out) < size:
        control, at = data[at], at + 1
        for bit in range(8):
            is_far = control >> bit & 1
            piece = data[at : at + 1 + is_far]
            at += 1 + is_far
            if len(piece) < 1 + is_far:
                return bytes(out[:size])
            source, length = place, 1
            if is_far:
                source, length = (piece[0] << 8 | piece[1]) >> 4, (piece[1] & 15) + 2
                if source == place:  # how the end is told
                    return bytes(out[:size])
            else:
                ring[place] = piece[0]
            for _ in range(length):
                ring[place] = ring[source]
                out.append(ring[place])
                place, source = (place + 1) % _RING, (source + 1) % _RING
    return bytes(out[:size])


def as_text(data: bytes) -> str:
    """The words, without what they look like. HTML that was wrapped in rich text loses its tags on the way."""
    words = _Words()
    for token in islice(_TOKEN.finditer(data[:MOST_BYTES]), MOST_TOKENS):
        what = token.lastgroup or ""
        if what in ("word", "number"):
            words.word(token["word"], int(token["number"] or -1))
        else:
            words.take(what, token[what])
        if words.length > LONGEST:
            break
    return charsets.storable("".join(words.said))


class _Words:
    """What was read so far, and how the next token is to be understood."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.length = 0
        self.codepage = "cp1252"
        self.is_away = False  # not for readers: fonts, pictures, tags
        self.replaced = 1  # bytes that stand after a character by its number, for those who do not know numbers
        self.to_skip = 0
        self.begins = False  # the first word of a group may say that it is not for readers
        self.outside: list[tuple[bool, int]] = []

    def say(self, piece: str) -> None:
        if piece and not self.is_away:
            self.said.append(piece)
            self.length += len(piece)

    def word(self, word: bytes, number: int) -> None:
        self.begins = False
        if word == b"htmlrtf":
            self.is_away = number != 0
        elif word in _AWAY:
            self.is_away = True
        elif word == b"ansicpg":
            self.codepage = f"cp{number}"
        elif word == b"uc":
            self.replaced = max(0, min(number, 10))
        elif word == b"u":
            self.say(chr(number % 65536))
            self.to_skip = self.replaced
        else:
            self.say(_BREAKS.get(word, ""))

    def take(self, what: str, token: bytes) -> None:
        if what == "brace":
            self.group(opens=token == b"{")
            return
        if what == "sign":
            self.is_away = self.is_away or (token == b"*" and self.begins)
            self.say({b"~": "\u00a0", b"_": "-"}.get(token, token.decode("latin-1") if token in b"\\{}" else ""))
        else:
            plain = bytes.fromhex(token.replace(b"\\'", b"").decode("ascii")) if what == "codes" else token
            self.say(charsets.decoded(plain[self.to_skip :], self.codepage)[0])
            self.to_skip = max(0, self.to_skip - len(plain))
        self.begins = False

    def group(self, *, opens: bool) -> None:
        if opens:
            self.outside.append((self.is_away, self.replaced))
        elif self.outside:
            self.is_away, self.replaced = self.outside.pop()
        self.begins, self.to_skip = opens, 0
