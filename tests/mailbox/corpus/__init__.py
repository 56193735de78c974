"""The golden corpus: mails written by us, with what must be understood of them, written by hand.

Each file is a mapping of names to mails. `mail` is the whole mail as lines; `plain` is only the text of one, and gets
the headers of Jean Petit. `⟦…⟧` writes bytes: `⟦raw:E9 0A⟧`, `⟦enc:cp1252:é⟧` (as that charset), `⟦b64:utf-16:é⟧`,
`⟦qp:cp1252:é⟧`, `⟦times:3:x⟧`, `⟦b64bytes:25 50⟧`, and `⟦sample:docx⟧` in base64. `expect` says what is understood;
what it does not name must be what an ordinary mail has (see `ORDINARY`).
"""

import base64
import io
import quopri
import re
import struct
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from callcare.mailbox.rules import identifiers, quotes
from callcare.mailbox.rules.readings import Address, Ours, Part, Reading

FOLDER = Path(__file__).parent
KEY = b"key of the corpus"
OURS = Ours(
    domain="call-care.test",
    is_signed=lambda one: identifiers.verified(one, [KEY], frozenset({"call-care.test"})) is not None,
    instance="lille-1",
    addresses=frozenset({"guichet@call-care.test", "contact@guichet.exemple.test"}),
    servers=frozenset({"mx.call-care.test"}),
)
SIGNED = identifiers.signed("T7K3Q2F4", 2, KEY, "call-care.test")
HEADERS = """From: Jean Petit <jean.petit@exemple.test>
To: Guichet <guichet@call-care.test>
Subject: Nos ordinateurs
Date: Tue, 3 Mar 2026 10:12:00 +0100
Message-ID: <m1@exemple.test>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

"""
ORDINARY: dict[str, Any] = {
    "kind": "human",
    "from": "Jean Petit <jean.petit@exemple.test>",
    "to": ["Guichet <guichet@call-care.test>"],
    "cc": [],
    "reply_to": None,
    "subject": "Nos ordinateurs",
    "date": "2026-03-03T09:12:00+00:00",
    "folded": [],
    "parts": [],
    "message_id": "<m1@exemple.test>",
    "in_reply_to": [],
    "references": [],
    "tokens": [],
    "tags": [],
    "failures": [],
    "no_reply": False,
    "authenticated": None,
    "warnings": [],
}
_DIRECTIVE = re.compile("⟦([a-z0-9]+):([^⟧]*)⟧")


@dataclass(frozen=True)
class Golden:
    name: str
    raw: bytes
    expected: dict[str, Any]


@cache
def golden() -> list[Golden]:
    """Every mail of the corpus."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        source = path.read_text("utf-8").replace("⟦signed⟧", SIGNED)
        for name, entry in yaml.safe_load(source).items():
            text = HEADERS + entry["plain"] if "plain" in entry else entry["mail"]
            raw = assembled(text, line_break=entry.get("line_break", "\r\n"))
            found.append(Golden(f"{path.stem}/{name}", raw, ORDINARY | (entry.get("expect") or {})))
    return found


def assembled(text: str, *, line_break: str) -> bytes:
    """The bytes of a mail from what is written in the corpus."""
    pieces, at = [], 0
    for found in _DIRECTIVE.finditer(text):
        pieces += [_lines(text[at : found.start()], line_break), _written(found[1], found[2])]
        at = found.end()
    return b"".join([*pieces, _lines(text[at:], line_break)])


def said(reading: Reading, names: list[str]) -> dict[str, Any]:
    """What is understood, in the words of the corpus, of the things it names."""
    everything: dict[str, Any] = {
        "kind": str(reading.kind), "from": _address(reading.from_), "to": [_address(one) for one in reading.to],
        "cc": [_address(one) for one in reading.cc], "reply_to": reading.reply_to and _address(reading.reply_to),
        "subject": reading.subject, "date": reading.sent_at and reading.sent_at.isoformat(),
        "text": reading.text.strip("\n"), "shown": quotes.shown(reading.text, reading.folds).strip(),
        "folded": [str(fold.kind) for fold in reading.folds], "parts": [_part(part) for part in reading.parts],
        "html": reading.html, "message_id": reading.message_id, "in_reply_to": list(reading.in_reply_to),
        "references": list(reading.references), "tokens": list(reading.tokens), "tags": list(reading.tags),
        "failures": [list(vars(one).values()) for one in reading.failures], "no_reply": reading.wants_no_reply,
        "authenticated": reading.is_authenticated, "charset": reading.charset, "warnings": list(reading.warnings),
    }  # fmt: skip
    return {name: everything[name] for name in names}


def _address(one: Address) -> str:
    return f"{one.name} <{one.address}>" if one.name else one.address


def _part(part: Part) -> str:
    """`2 | name | found type | what is said of it`, "inline" before the type when it stands in the text."""
    inline = "inline " if part.is_inline else ""
    return " | ".join(
        [str(part.number), part.name, inline + part.found_type, *([part.warning] if part.warning else [])]
    )


def _lines(text: str, line_break: str) -> bytes:
    return text.replace("\n", line_break).encode("utf-8")


def _written(word: str, what: str) -> bytes:
    first, _, rest = what.partition(":")
    match word:
        case "raw":
            return bytes.fromhex(what)
        case "b64bytes":
            return base64.encodebytes(bytes.fromhex(what))
        case "enc":
            return rest.replace("\\n", "\r\n").encode(first)
        case "b64":
            return base64.encodebytes(rest.replace("\\n", "\n").encode(first)).replace(b"\n", b"\r\n")
        case "qp":
            return quopri.encodestring(rest.replace("\\n", "\n").encode(first)).replace(b"\n", b"\r\n")
        case "times":
            return rest.replace("\\n", "\r\n").encode() * int(first)
        case "sample":
            return base64.encodebytes(sample(what)).replace(b"\n", b"\r\n")
    raise ValueError(word)


def sample(kind: str) -> bytes:
    """The first bytes of a file of some kind: enough to be recognised, not to be opened."""
    starts = {
        "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n",
        "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0",
        "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0",
        "gif": b"GIF89a\1\0\1\0\x80\0\0",
        "webp": b"RIFF\x1a\0\0\0WEBPVP8L\r\0\0\0",
        "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        "exe": b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0" + b"\0" * 48 + b"This program cannot be run in DOS mode.",
        "elf": b"\x7fELF\2\1\1" + b"\0" * 20,
        "rtf": b"{\\rtf1\\ansi Bonjour}",
        "tnef": struct.pack("<IH", 0x223E9F78, 1) + b"\1\x06\x90\x08\0\4\0\0\0\0\0\0\1",
        "doc": _ole("WordDocument"),
        "xls": _ole("Workbook"),
        "msg": _ole("__properties_version1.0"),
        "zip": _zip({"lisez-moi.txt": b"bonjour"}),
        "docx": _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
        "xlsx": _zip({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<w/>"}),
        "pptx": _zip({"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p/>"}),
        "docm": _zip({"[Content_Types].xml": b"<Types/>", "word/vbaProject.bin": b"x"}),
        "odt": _zip({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}),
        "ods": _zip({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}),
        "lnk": b"L\0\0\0\x01\x14\x02\0" + b"\0" * 60,
        "locked": b"PK\x03\x04\x14\0\x01\0\x08\0" + b"\0" * 30,
    }
    return starts[kind]


def _zip(files: dict[str, bytes]) -> bytes:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return box.getvalue()


def _ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + stream.encode("utf-16-le").ljust(64, b"\0")
