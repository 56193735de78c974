"""A winmail.dat as Outlook writes it, made by us: attributes, and lists of properties in them."""

import struct

LONG_NAME, TYPE, TEXT, HTML, RTF, OBJECT = 0x3707, 0x370E, 0x1000, 0x1013, 0x1009, 0x3701
MESSAGE, FILE = 1, 2


def attribute(level: int, name: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, name, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def properties(*some: tuple[int, object]) -> bytes:
    """Text goes as UTF-16, bytes as they are, numbers as four bytes; one with a name of its own goes first."""
    named = (
        struct.pack("<HH", 3, 0x8001) + b"\x08" * 16 + struct.pack("<II", 1, 6) + "ab\0".encode("utf-16-le") + b"\0\0"
    )
    out = [named + struct.pack("<I", 7), _many(0x101F, 0x8002, ["un", "deux"])]
    for number, value in some:
        match value:
            case str():
                out.append(_many(0x001F, number, [value]))
            case bytes():
                kind = 0x000D if number == OBJECT else 0x0102
                out.append(struct.pack("<HHII", kind, number, 1, len(value)) + _padded(value))
            case int():
                out.append(struct.pack("<HHI", 3, number, value))
    return struct.pack("<I", len(out)) + b"".join(out)


def _many(kind: int, number: int, texts: list[str]) -> bytes:
    values = [f"{text}\0".encode("utf-16-le") for text in texts]
    own_name = b"\x07" * 16 + struct.pack("<II", 0, 1) if number >= 0x8000 else b""
    head = struct.pack("<HH", kind, number) + own_name + struct.pack("<I", len(values))
    return head + b"".join(struct.pack("<I", len(value)) + _padded(value) for value in values)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def file(data: bytes, *, title: bytes = b"", **facts: object) -> bytes:
    """One file: its short name in an old character set, and properties by the names above."""
    found = {"name": LONG_NAME, "type": TYPE, "object": OBJECT}
    out = attribute(FILE, 0x00069002, b"\1\0" + b"\0" * 12)
    out += attribute(FILE, 0x00018010, title + b"\0") if title else b""
    out += attribute(FILE, 0x0006800F, data) if data else b""
    said = [(found[name], value) for name, value in facts.items()]
    return out + (attribute(FILE, 0x00069005, properties(*said)) if said else b"")


def pack(*files: bytes, body: bytes = b"", **facts: object) -> bytes:
    found = {"text": TEXT, "html": HTML, "rtf": RTF}
    out = struct.pack("<IH", 0x223E9F78, 1) + attribute(MESSAGE, 0x00089006, b"\0\0\1\0")
    out += attribute(MESSAGE, 0x00069007, struct.pack("<II", 1252, 0))
    out += attribute(MESSAGE, 0x0002800C, body + b"\0") if body else b""
    said = [(found[name], value) for name, value in facts.items()]
    out += attribute(MESSAGE, 0x00069003, properties(*said)) if said else b""
    return out + b"".join(files)
