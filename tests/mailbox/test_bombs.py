"""Mails made to keep a reader busy: each is read in well under a second of processor time."""

import base64
import re
import time
from collections.abc import Callable

import pytest

from callcare.mailbox.rules import (
    attachments,
    bodies,
    bounces,
    charsets,
    classify,
    correspondents,
    identifiers,
    magic,
    markup,
    mime,
    quotes,
    reading as whole,
    trusting,
    words,
)
from callcare.mailbox.rules.reading import part_bytes, read
from callcare.mailbox.rules.readings import Reading
from tests.mailbox.corpus import OURS

SECOND = 1.0


def mail(headers: str, body: str | bytes = "Bonjour", kind: str = "text/plain; charset=utf-8") -> bytes:
    data = body if isinstance(body, bytes) else body.encode()
    return f"From: a@exemple.test\r\n{headers}Content-Type: {kind}\r\n\r\n".encode() + data


def nested(depth: int) -> bytes:
    opened = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(depth))
    return f"From: a@exemple.test\r\n{opened}Content-Type: text/plain\r\n\r\nBonjour\r\n".encode()


def flat(count: int) -> str:
    return "".join(f"--b\r\nContent-Type: text/plain; name=n{n}\r\n\r\nx\r\n" for n in range(count))


BOMBS = {
    "20,000 encoded words": mail("Subject: " + "=?utf-8?Q?=C3=A9?= " * 20_000 + "\r\n"),
    "20,000 encoded words on folded lines": mail("Subject:" + "\r\n =?utf-8?B?w6k=?=" * 20_000 + "\r\n"),
    "100,000 begins of encoded words": mail("Subject: " + "=?a?q?" * 33_000 + "\r\n"),
    "2,000 nested parts": nested(2_000),
    "20,000 nested parts": nested(20_000),
    "100,000 flat parts": mail("", flat(100_000), "multipart/mixed; boundary=b"),
    "boundaries of one character": mail("", "-" * 5_000_000, "multipart/mixed; boundary=-"),
    "boundary line a million times": mail("", "--b\r\n" * 1_000_000, "multipart/mixed; boundary=b"),
    "nested parts over a large document": nested(29) + b"JVBERi0x\r\n" * 500_000,
    "10 MB on one line": mail("", "é" * 5_000_000),
    "10 MB on one line of a page": mail("", "é" * 5_000_000, "text/html"),
    "10 MB on lines of one character": mail("", "a\n" * 5_000_000),
    "10 MB on a line of a header": mail("Subject: " + "a" * 10_000_000 + "\r\n"),
    "10 MB of headers": mail("X: a\r\n" * 1_700_000),
    "folded lines of one header": mail("Subject: a" + "\r\n a" * 500_000 + "\r\n"),
    "nested div": mail("", "<div>" * 16_000 + "x", "text/html"),
    "5 MB of nested div": mail("", "<div>" * 1_000_000, "text/html"),
    "4,000 nested blockquote": mail("", "<blockquote>" * 3_990 + "x", "text/html"),
    "formatting opened over paragraphs": mail("", "<b><i><u>" * 600 + "<p>x" * 2_000, "text/html"),
    "links that differ over paragraphs": mail(
        "", "".join(f"<a href='http://{n}.test'><p>x" for n in range(1_990)), "text/html"
    ),
    "links in lists": mail("", "".join(f"<li><a href='http://{n}.test'><b><ul>" for n in range(990)), "text/html"),
    "comments that never end": mail("", "<!--" * 500_000, "text/html"),
    "declarations that never end": mail("", "<!" * 900_000, "text/html"),
    "tags that never end": mail("", "<a " * 600_000, "text/html"),
    "quotes that never end": mail("", '<a href="' * 200_000, "text/html"),
    "attributes that never end": mail("", "<p " + "a=b " * 450_000 + ">x", "text/html"),
    "a picture written into a page": mail(
        "", '<p>a</p><img src="data:image/png;base64,' + "QUJD" * 2_000_000 + '"><p>b</p>', "text/html"
    ),
    "odd quotes": mail("", '<p ="' + "<p '>" * 190_000, "text/html"),
    "quotes that end far away": mail("", "<p =\"<p ='" * 90_000 + "'>", "text/html"),
    "hidden blocks": mail("", "<div style='" + "display " * 200_000 + "'>", "text/html"),
    "entities": mail("", "&amp;" * 390_000, "text/html"),
    "numbers of entities": mail("", "&#" + "9" * 1_900_000, "text/html"),
    "begins of entities": mail("", "&" * 1_900_000, "text/html"),
    "a huge References": mail("References: " + " ".join(f"<{n}@exemple.test>" for n in range(200_000)) + "\r\n"),
    "one huge identifier": mail("References: <" + "a" * 1_000_000 + "\r\nMessage-ID: <" + "b" * 1_000_000 + ">\r\n"),
    "begins of identifiers": mail("References: " + "<" * 1_000_000 + "\r\n"),
    "100,000 recipients": mail("To: " + ", ".join(f"a{n}@exemple.test" for n in range(100_000)) + "\r\n"),
    "10,000 headers of recipients": mail("To: a@exemple.test\r\n" * 10_000),
    "comments in an address": mail("To: " + "(" * 190_000 + "\r\nCc: " + '"\\' * 90_000 + "\r\n"),
    "quotes and brackets in an address": mail('To: "' * 50_000 + "\r\nCc: " + "<" * 190_000 + "\r\n"),
    "parameters without end": mail("", "x", "text/plain" + "; a*1*=%41" * 18_000),
    "semicolons and quotes": mail("", "x", 'text/plain; x="' + '\\"' * 90_000),
    "base64 of nothing": mail("Content-Transfer-Encoding: base64\r\n", "=" * 10_000_000),
    "base64 with a fault at each letter": mail("Content-Transfer-Encoding: base64\r\n", "Q!" * 5_000_000),
    "13 MB of base64": mail(
        "Content-Transfer-Encoding: base64\r\n", base64.b64encode(b"\0" * 10_000_000), "application/pdf"
    ),
    "equal signs in quoted-printable": mail("Content-Transfer-Encoding: quoted-printable\r\n", "=\r\n" * 3_000_000),
    "uuencoded": mail("Content-Transfer-Encoding: x-uuencode\r\n", "!!\r\n" * 200_000),
    "a codec that is quadratic": mail("", "a-" * 500_000 + "b", "text/plain; charset=punycode"),
    "utf-7": mail("", "+" * 3_000_000, "text/plain; charset=utf-7"),
    "iso-2022-jp that changes all the time": mail("", "\x1b$B\x1b(B" * 500_000, "text/plain; charset=iso-2022-jp"),
    "hz": mail("", "~{~}" * 500_000, "text/plain; charset=hz-gb-2312"),
    "300,000 quotations": mail("", "> a\nb\n" * 300_000),
    "300,000 attributions": mail("", "Le 3 mars\n" * 300_000),
    "300,000 begins of headers": mail("", "De : a@exemple.test\n" * 300_000),
    "300,000 signatures": mail("", "-- \nJean\n" * 300_000),
    "blank lines over a quotation": mail("", "> a\n" + "\n" * 900_000 + "> b"),
    "300,000 words of a phone": mail("", "Envoyé de mon iPhone\n" * 300_000),
    "300,000 rules": mail("", "_____\n" * 300_000),
    "a bounce of 100,000 recipients": mail(
        "",
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        + "Final-Recipient: rfc822; a@exemple.test\r\n\r\n" * 100_000,
        "multipart/report; report-type=delivery-status; boundary=b",
    ),
    "a bounce in words": mail(
        "X-Failed-Recipients: " + "a@exemple.test, " * 12_000 + "\r\n", "a@exemple.test:\n" * 60_000
    ),
    "results of authentication": mail(
        "Authentication-Results: mx.call-care.test; " + 'spf=pass (("' * 16_000 + "\r\n"
    ),
    "100,000 headers of authentication": mail("Authentication-Results: x; spf=pass\r\n" * 100_000),
    "white space": mail("Subject: " + " \t" * 5_000_000 + "\r\n", " " * 5_000_000),
    "a page that only looks like a mail": mail(
        "", "From: a\r\n" + "x-a: b\r\n c\r\n" * 100_000, "application/octet-stream; name=x"
    ),
}


def seconds(do: Callable[[], object]) -> float:
    begun = time.process_time()
    do()
    return time.process_time() - begun


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_in_time(name):
    reading: list[Reading] = []
    assert seconds(lambda: reading.append(read(BOMBS[name], OURS))) < SECOND
    assert not reading[0].why.startswith("La lecture a échoué")
    assert not [said for said in reading[0].warnings if "illisible, voyez" in said]


def test_what_is_beyond_the_limits_is_said():
    assert (
        "Plus de deux cents parties : les dernières ne sont pas lues."
        in read(BOMBS["100,000 flat parts"], OURS).warnings
    )
    deep = read(BOMBS["2,000 nested parts"], OURS)
    assert "Des parties sont imbriquées à l’excès : elles restent une pièce jointe." in deep.warnings
    assert part_bytes(BOMBS["2,000 nested parts"], deep.parts[0].number).endswith(b"Bonjour")


def test_nothing_of_a_large_document_is_lost():
    raw = BOMBS["13 MB of base64"]
    (part,) = read(raw, OURS).parts
    assert part.size == 10_000_000
    assert part_bytes(raw, part.number) == b"\0" * 10_000_000


# Each regular expression of the rules, against what makes such expressions go back over their steps again and again.
PUMPS = [
    "a",
    " ",
    "-",
    "_",
    "=",
    "*",
    ">",
    "<",
    "(",
    ")",
    '"',
    "\\",
    "'",
    ";",
    ":",
    ",",
    ".",
    "@",
    "[",
    "]",
    "\n",
    "\t",
    "0",
    "a@",
    "@a",
    "a.",
    "<a",
    "<a@",
    "a b ",
    "De : ",
    "Le 3 ",
    "wrote ",
    "schrieb ",
    " a écrit",
    "message ",
    "message transféré de ",
    "=?a?q?",
    "=?",
    "?=",
    "a=",
    'a="',
    "a='",
    "a= ",
    "dkim=",
    "header.d=",
    "display ",
    "display:",
    "envoyé ",
    "Message-ID: ",
    "--",
    "\\\\",
    '\\"',
    "CC-",
    "[CC-",
    "[ ",
    "4.",
    "4.1.",
    "550",
    "550 ",
    "x-a: b\r\n",
    "x-a: b\r\n ",
    "<?",
    "<!x>",
    "<svg",
    "no-",
    "ne",
    "fwd ",
    "\r\n",
    "\r\n ",
    "\u00a0",
    "é",
    "mailto:",
    "[mailto:",
    "<meta ",
    "<meta charset=",
    "rem ",
    "dim a",
    "on error ",
]
MODULES = [
    attachments,
    bodies,
    bounces,
    charsets,
    classify,
    correspondents,
    identifiers,
    magic,
    markup,
    mime,
    quotes,
    trusting,
    whole,
    words,
]


def expressions():
    for module in MODULES:
        for name, value in vars(module).items():
            for one in _patterns(value):
                yield f"{module.__name__.rpartition('.')[2]}.{name}", one


def _patterns(value):
    if hasattr(value, "finditer") and hasattr(value, "pattern"):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _patterns(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _patterns(one)


def cost(pattern, pump: str, length: int) -> float:
    text = (pump * (length // len(pump) + 1))[:length] + "!\n"
    subject = text.encode() if isinstance(pattern.pattern, bytes) else text
    return seconds(lambda: sum(1 for _ in pattern.finditer(subject)))


def test_no_regular_expression_goes_back_for_ever():
    """Over 4,000 characters of any pump each is done at once: the worst of the text is bounded by its length."""
    found = list(expressions())
    assert len(found) > 50
    slow = [(name, pump) for name, pattern in found for pump in PUMPS if cost(pattern, pump, 4_000) > 0.1]
    assert [(name, pump) for name, pump in slow if cost(dict(found)[name], pump, 4_000) > 0.1] == []


def test_a_bad_expression_would_be_seen():
    assert cost(re.compile(r"(?:a+)+b"), "a", 22) > 0.05
