"""Damaged mails without end, and what must hold of each reading. For the tests, the campaign, and a fuzzer by hand."""

import dataclasses
import json
import random
from collections.abc import Iterator
from typing import Any

from callcare.mailbox.rules import attachments, correspondents, mime, wire
from callcare.mailbox.rules.reading import part_bytes, understand
from callcare.mailbox.rules.readings import Reading
from tests.mailbox import corpus

# Pieces that mean something to a reader of mails, right or wrong.
PIECES = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xe2\x80\xae",
    b"\xef\xbb\xbf",
    b" ",
    b"\t",
    b"=?utf-8?Q?=C3?=",
    b"=?utf-8?B?w6k=?=",
    b"=?iso-2022-jp?B?GyRC?=",
    b"=?rot13?Q?a?=",
    b"=?utf-8?Q?=00=0A?=",
    b"=?",
    b"?=",
    b"=?x?q??=",
    b"\r\n\r\n",
    b"--b",
    b"--b--",
    b"\r\n--b\r\n",
    b"boundary=b",
    b'boundary="',
    b"Content-Type: multipart/mixed; boundary=b\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"Content-Type: text/html; charset=utf-16\r\n",
    b"Content-Type: text/plain; charset=utf-7\r\n",
    b"Content-Type: multipart/alternative; boundary=b\r\n",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n",
    b"Content-Type: message/delivery-status\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"Content-Transfer-Encoding: x-uuencode\r\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''%00%ff\r\n",
    b"filename*1=",
    b"name*=''",
    b"charset=iso-2022-jp",
    b"charset=punycode",
    b"charset=hz",
    b"charset=idna",
    b"charset=utf-16",
    b"charset=\x80",
    b"format=flowed; delsp=yes",
    b"From: ",
    b"To: ",
    b"Cc: ",
    b"Date: ",
    b"Date: Mon, 31 Feb 9999 99:99:99 -9999\r\n",
    b"Message-ID: <",
    b"References: <\0>\r\n",
    b"Auto-Submitted: (",
    b"Authentication-Results: mx.call-care.test; dmarc=",
    b"Return-Path: <>\r\n",
    b"X-Failed-Recipients: \xff@\r\n",
    b"Final-Recipient: rfc822;",
    b"Status: 5.99999.9\r\n",
    b"<",
    b">",
    b"@",
    b",",
    b";",
    b":",
    b'"',
    b"\\",
    b"(",
    b")",
    b"<a href='",
    b"<blockquote>",
    b"<pre>",
    b"</pre>",
    b"<li>",
    b"</a>",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"&#0;",
    b"&#xD800;",
    b"&#99999999;",
    b"&nbsp",
    b"<script>",
    b"<head>",
    b"<div id=divRplyFwdMsg>",
    "Le 3 mars 2026 à 10:00, a <a@b> a écrit :".encode(),
    b"\n> ",
    b"\n-- \n",
    "De : a\nObjet : b\nÀ : c\n".encode(),
    "-----Message transféré-----".encode(),
    b"-----Message d'origine-----",
    "Envoyé de mon iPhone".encode(),
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"MZ",
    b"begin 644 a\r\n",
    b"\x1b$B",
    b"+AAA-",
    b"~{",
    b"=\r\n",
    b"=0",
    b"====",
    b"\xa0",
    "\u202f".encode(),
    b"1" * 5_000,
    b"a" * 70_000,
    b"%" * 100,
]
SEEDS = [mail.raw for mail in corpus.golden() if len(mail.raw) < 20_000]


def mutant(source: random.Random) -> bytes:
    """A mail of the corpus, damaged one to eight times."""
    raw = bytearray(source.choice(SEEDS))
    for _ in range(source.randint(1, 8)):
        at = source.randrange(len(raw) + 1)
        end = min(len(raw), at + source.choice([1, 1, 2, 4, 16, 64, 300]))
        match source.randrange(8):
            case 0:
                del raw[at:end]
            case 1:
                raw[at:at] = raw[at:end] * source.choice([1, 2, 30])
            case 2 | 3:
                raw[at:at] = source.choice(PIECES)
            case 4:
                raw[at:end] = source.choice(PIECES)
            case 5:
                raw[at:end] = source.randbytes(end - at)
            case 6:
                other = source.choice(SEEDS)
                begin = source.randrange(len(other))
                raw[at:end] = other[begin : begin + source.choice([10, 100, 1_000])]
            case _:
                del raw[at:]
    return bytes(raw)


def built(source: random.Random) -> bytes:
    """A mail put together from pieces."""
    return b"".join(source.choice(PIECES) for _ in range(source.randint(1, 60)))


def strings(value: Any) -> Iterator[str]:
    """Every text that a reading holds."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value):
        for one in dataclasses.fields(value):
            yield from strings(getattr(value, one.name))
    elif isinstance(value, tuple):
        for one in value:
            yield from strings(one)


def examined(raw: bytes) -> Reading:
    """Reads as intake does, but lets no exception be hidden; raises AssertionError on what must not be."""
    reading = understand(raw, corpus.OURS)
    hidden = [said for said in reading.warnings if "illisible, voyez" in said]
    assert not hidden, hidden
    for text in strings(reading):
        assert "\0" not in text
        text.encode("utf-8")
    edges = [edge for fold in reading.folds for edge in (fold.start, fold.end)]
    assert edges == sorted(edges)
    assert not edges or 0 <= edges[0] <= edges[-1] <= len(reading.text)
    assert wire.from_json(json.loads(json.dumps(wire.as_json(reading)))) == reading
    for one in (reading.from_, *reading.to, *reading.cc):
        assert not one.address or correspondents.is_address(one.address)
    for header in (reading.subject, reading.message_id, reading.from_.name, *reading.references):
        assert "\n" not in header
        assert "\r" not in header
    _examine_parts(raw, reading)
    return reading


def _examine_parts(raw: bytes, reading: Reading) -> None:
    leaves = {leaf.number: leaf for leaf in mime.taken_apart(raw).leaves}
    for part in reading.parts:
        assert len(mime.payload(leaves[part.number])) == part.size or part.size > attachments.LARGEST
        assert part.name == attachments.safe_name(part.name)
        assert not set(part.name) & set('/\\<>:"|?*\r\n\0')
        assert 0 < len(part.name) <= attachments.LONGEST_NAME
    if reading.parts:
        first = reading.parts[0]
        assert part_bytes(raw, first.number) == mime.payload(leaves[first.number])
