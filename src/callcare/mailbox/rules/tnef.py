"""« winmail.dat »: what Outlook packs into one file when it writes to everybody as it writes to itself (MS-OXTNEF).

A list of attributes, each with its length; some hold lists of properties. What is cut short, or lies about its length,
gives what came before it.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from callcare.mailbox.rules import charsets, rtf

SIGNATURE = b"\x78\x9f\x3e\x22"
MOST_FILES = 100
MOST_PROPERTIES = 5_000
MOST_ATTRIBUTES = 10_000

_HEAD = struct.Struct("<BII")
_MESSAGE, _FILE = 1, 2  # the level of an attribute
_BODY, _CODEPAGE, _PROPERTIES = 0x0002800C, 0x00069007, 0x00069003
_NEW_FILE, _TITLE, _DATA, _FILE_PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}  # bytes of each type of value
_OBJECT, _STRING, _WIDE, _BINARY, _MANY = 0x000D, 0x001E, 0x001F, 0x0102, 0x1000
_TEXT, _RTF, _HTML = 0x1000, 0x1009, 0x1013  # bodies
_OBJECT_DATA, _SHORT_NAME, _LONG_NAME, _TYPE, _SHOWN_NAME = 0x3701, 0x3704, 0x3707, 0x370E, 0x3001
_IID = 16  # bytes before the data of an object: what kind of object it is


@dataclass
class File:
    """One file of the pack."""

    name: str = ""
    type: str = ""
    data: bytes = b""


@dataclass
class Pack:
    """What a winmail.dat holds."""

    text: str = ""
    html: bytes = b""
    files: list[File] = field(default_factory=list)


def is_pack(data: bytes) -> bool:
    return data.startswith(SIGNATURE)


def opened(data: bytes) -> Pack:
    """The files and the text of a pack; nothing of what cannot be read."""
    pack = Pack()
    codepage, titles = "cp1252", False
    for level, name, value in _attributes(data):
        if name == _CODEPAGE and len(value) >= 4:
            codepage = f"cp{struct.unpack_from('<I', value)[0]}"
        elif name == _NEW_FILE:
            if len(pack.files) >= MOST_FILES:
                break
            pack.files.append(File())
            titles = False
        elif level == _MESSAGE:
            _of_message(pack, name, value, codepage)
        elif level == _FILE and pack.files:
            titles = _of_file(pack.files[-1], name, value, codepage, has_name=titles)
    pack.text = pack.text.replace("\r\n", "\n")
    return pack


def _attributes(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = len(SIGNATURE) + 2  # after it a key that means nothing to us
    for _ in range(MOST_ATTRIBUTES):
        if at + _HEAD.size > len(data):
            return
        level, name, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if level not in (_MESSAGE, _FILE) or at + length > len(data):
            return
        yield level, name, data[at : at + length]
        at += length + 2  # and a sum of its bytes


def _of_message(pack: Pack, name: int, value: bytes, codepage: str) -> None:
    if name == _BODY and not pack.text:
        pack.text = _string(value, codepage)
    elif name == _PROPERTIES:
        found = dict(_properties(value))
        pack.text = _said(found.get(_TEXT), codepage) or pack.text
        if html := found.get(_HTML):
            pack.html = html[1].rstrip(b"\0")
        if not pack.text.strip() and not pack.html and (packed := found.get(_RTF)):
            pack.text = rtf.as_text(rtf.unpacked(packed[1]))


def _of_file(one: File, name: int, value: bytes, codepage: str, *, has_name: bool) -> bool:
    """Note what an attribute says of a file; True once its long name is known."""
    if name == _DATA:
        one.data = value
    elif name == _TITLE and not has_name:
        one.name = _string(value, codepage)
    elif name == _FILE_PROPERTIES:
        found = dict(_properties(value))
        one.type = _said(found.get(_TYPE), codepage).strip().lower()[:120] or one.type
        if not one.data and (inner := found.get(_OBJECT_DATA)):
            one.data = inner[1][_IID:] if inner[0] == _OBJECT else inner[1]
        for which in (_LONG_NAME, _SHOWN_NAME, _SHORT_NAME):
            if said := _said(found.get(which), codepage).strip():
                one.name = said
                return which == _LONG_NAME or has_name
    return has_name


def _properties(data: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """Each property: its number, the type of its value, its value; of several values the first."""
    if len(data) < 4:
        return
    (count,) = struct.unpack_from("<I", data)
    at = 4
    for _ in range(min(count, MOST_PROPERTIES)):
        if at + 4 > len(data):
            return
        kind, number = struct.unpack_from("<HH", data, at)
        at += 4
        if number >= 0x8000 and (at := _after_name(data, at)) < 0:
            return
        value, at = _value(data, at, kind)
        if at < 0:
            return
        yield number, (kind & ~_MANY, value)


def _after_name(data: bytes, at: int) -> int:
    """Some properties have a name of their own, which is skipped; -1 where the data end in it."""
    if at + 24 > len(data):
        return -1
    has_words, length = struct.unpack_from("<II", data, at + 16)
    after = at + 24 + (_padded(length) if has_words else 0)
    return after if after <= len(data) else -1


def _value(data: bytes, at: int, kind: int) -> tuple[bytes, int]:
    """The (first) value of a property, and where the next one begins; -1 where the data end in it."""
    bare = kind & ~_MANY
    count = 1
    if kind & _MANY or bare in (_OBJECT, _STRING, _WIDE, _BINARY):
        if at + 4 > len(data):
            return b"", -1
        (count,) = struct.unpack_from("<I", data, at)
        at += 4
    first = b""
    for turn in range(count):
        if bare in _FIXED:
            start, length, step = at, _FIXED[bare], _FIXED[bare]
        elif bare in (_OBJECT, _STRING, _WIDE, _BINARY) and at + 4 <= len(data):
            (length,) = struct.unpack_from("<I", data, at)
            start, step = at + 4, 4 + _padded(length)
        else:
            return b"", -1
        if start + length > len(data):
            return b"", -1
        first = first if turn else data[start : start + length]
        at += step
    return first, at


def _padded(length: int) -> int:
    return (length + 3) & ~3


def _said(value: tuple[int, bytes] | None, codepage: str) -> str:
    if value is None:
        return ""
    kind, data = value
    if kind == _WIDE:
        return charsets.storable(data.decode("utf-16-le", "replace").partition("\0")[0])
    return _string(data, codepage)


def _string(data: bytes, codepage: str) -> str:
    return charsets.storable(charsets.decoded(data.partition(b"\0")[0], codepage)[0])
