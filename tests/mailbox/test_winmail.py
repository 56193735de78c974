"""« winmail.dat »: its files are attachments of the mail, and its words are read where the mail has no others."""

import struct
import time
from email.message import EmailMessage

import pytest
from django.urls import reverse

from callcare.mailbox.enums import ScanState
from callcare.mailbox.rules import magic, rtf, tnef
from callcare.mailbox.rules.attachments import DANGEROUS, in_french
from callcare.mailbox.rules.reading import part_bytes, understand
from callcare.mailbox.rules.readings import Ours
from tests import cast
from tests.mailbox import desk_stage as stage, packs

OURS = Ours(domain="call-care.test", is_signed=lambda _: False)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
PROGRAM = b"MZ\x90\0\3\0\0\0" + b"\0" * 60 + b"This program cannot be run in DOS mode."
# The two examples of MS-OXRTFCP.
HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
CROSSING = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")


def mailed(data: bytes, *, text: str | None = "Ci-joint la liste.", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "jean@canal.test", "lille@call-care.test", "La liste"
    message["Message-ID"], message["Date"] = "<w@canal.test>", "Tue, 3 Mar 2026 10:12:00 +0100"
    if text is not None:
        message.set_content(text)
        message.add_attachment(data, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    else:
        message.set_content(data, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    return message.as_bytes()


def test_its_files_are_attachments_with_their_long_names_and_bytes():
    data = packs.pack(
        packs.file(PDF, title=b"LISTED~1.PDF", name="Liste d’été.pdf", type="application/pdf"),
        packs.file(b"bonjour", title=b"caf\xe9.txt"),
    )
    raw = mailed(data)
    reading = understand(raw, OURS)
    assert reading.text.strip() == "Ci-joint la liste."
    assert reading.warnings == ()
    found = [(one.number, one.name, one.found_type, one.declared_type, one.size, one.warning) for one in reading.parts]
    assert found == [
        (2, "winmail.dat", magic.TNEF, "application/ms-tnef", len(data), ""),
        (202, "Liste d’été.pdf", "application/pdf", "application/pdf", len(PDF), ""),
        (402, "café.txt", "text/plain", magic.UNKNOWN, 7, ""),
    ]
    assert [part_bytes(raw, number) for number in (2, 202, 402, 602, 1, 201)] == [
        data, PDF, b"bonjour", b"", reading.text.encode() + b"\n", b"",
    ]  # fmt: skip


def test_what_is_dangerous_is_dangerous_in_there_too():
    raw = mailed(packs.pack(packs.file(PROGRAM, name="facture.pdf", type="application/pdf")))
    assert understand(raw, OURS).parts[1].warning == DANGEROUS[magic.EXECUTABLE]


def test_a_message_in_the_pack_is_a_pack_that_can_be_taken_out():
    inner = packs.pack(text="Le message joint.")
    raw = mailed(packs.pack(packs.file(b"", title=b"message", object=b"\0" * 16 + inner)))
    [_, part] = understand(raw, OURS).parts
    assert (part.name, part.found_type, part.size) == ("message", magic.TNEF, len(inner))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (packs.pack(body=b"Un caf\xe9.\r\nMerci."), "Un café.\nMerci."),
        (packs.pack(text="Douze ordinateurs — été"), "Douze ordinateurs — été"),
        (packs.pack(html=b"<html><meta charset=utf-8><p>Bonjour <b>&eacute;t&eacute;</b></p></html>"), "Bonjour été"),
        (packs.pack(rtf=HELLO), "hello world"),
        (packs.pack(body=b"court", text="Le texte entier"), "Le texte entier"),
    ],
    ids=["body", "text", "html", "rtf", "both"],
)
def test_its_words_are_read_where_the_mail_has_none(data, said):
    assert understand(mailed(data, text=None), OURS).text.strip() == said
    assert understand(mailed(data, text="  \n"), OURS).text.strip() == said
    assert understand(mailed(data), OURS).text.strip() == "Ci-joint la liste."


def test_packed_rich_text_as_its_specification_shows_it():
    assert rtf.unpacked(HELLO) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rtf.unpacked(CROSSING) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    plain = b"{\\rtf1 x}"
    assert rtf.unpacked(struct.pack("<IIII", len(plain) + 12, len(plain), 0x414C454D, 0) + plain) == plain


@pytest.mark.parametrize(
    ("rich", "said"),
    [
        (rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\pard Caf\'e9\par Deux}", "Café\nDeux"),
        (rb"{\rtf1\ansi\uc1 Prix : 3 \u8364? \{net\}\line\emdash}", "Prix : 3 € {net}\n—"),
        (rb"{\rtf1\fromhtml1{\*\htmltag64 <p>}\htmlrtf{\htmlrtf0 Oui\htmlrtf\par}\htmlrtf0{\*\htmltag7 <p>}}", "Oui"),
        (rb"{\rtf1{\pict 00ff00ff}{\*\generator x}{\uc2\u233\'c3\'a9}t\'e9}", "été"),
        (rb"}}}\'e9{\rtf1", "é"),
    ],
)  # fmt: skip
def test_rich_text_is_read_without_its_looks(rich, said):
    assert rtf.as_text(rich).strip() == said


def test_cut_anywhere_or_lying_it_gives_what_came_before_and_never_raises():
    data = packs.pack(packs.file(PDF, title=b"a.pdf", name="a.pdf"), text="Bonjour", rtf=HELLO)
    for end in range(len(data)):
        found = tnef.opened(data[:end])
        assert len(found.files) <= 1
    for at in range(6, len(data), 3):
        tnef.opened(data[:at] + b"\xff\xff\xff\x7f" + data[at + 4 :])
    for end in range(len(HELLO)):
        assert b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n".startswith(rtf.unpacked(HELLO[:end]))


def many(kind: int) -> bytes:
    """A property that says it has four thousand million values."""
    said = struct.pack("<IHHI", 1, kind, packs.TEXT, 0xFFFFFFFF) + b"\0" * 4_000_000
    return packs.pack() + packs.attribute(packs.MESSAGE, 0x00069003, said)


@pytest.mark.parametrize(
    "bomb",
    [
        packs.pack(*[packs.file(b"x", title=b"x")] * 20_000),
        packs.pack() + packs.attribute(1, 0x00069003, struct.pack("<I", 0xFFFFFFFF) + b"\3\0\1\0" * 500_000),
        many(0x101F),
        many(0x1003),
        packs.pack(rtf=struct.pack("<IIII", 5_000_000, 0xFFFFFFFF, 0x75465A4C, 0) + b"\xff" + b"\x00\x0f" * 500_000),
        packs.pack(rtf=struct.pack("<IIII", 12, 10**7, 0x414C454D, 0) + b"\\'e9" * 500_000),
        packs.pack(rtf=struct.pack("<IIII", 12, 10**7, 0x414C454D, 0) + b"{\\*" * 600_000),
    ],
    ids=["files", "properties", "texts", "numbers", "packed", "codes", "groups"],
)  # fmt: skip
def test_each_bomb_takes_less_than_a_second(bomb):
    raw = mailed(bomb, text=None)
    began = time.process_time()
    understand(raw, OURS)
    assert time.process_time() - began < 1


def test_a_file_of_the_pack_is_looked_at_and_fetched_like_any_other(client, db):
    raw = mailed(packs.pack(packs.file(b"Le plan", name="plan.txt", type="text/plain")))
    mail = stage.arrived(raw)
    piece = mail.attachments.get(name="plan.txt")
    client.force_login(cast.marion())
    assert "plan.txt" in client.get(reverse("mailbox:thread", args=[mail.thread.ref])).text
    assert client.get(reverse("mailbox:download", args=[piece.ref])).status_code == 404  # nobody scanned it
    with stage.deed(cast.CastVerb.ENTERS, by=None):
        type(piece).objects.filter(pk=piece.pk).update(scan=ScanState.CLEAN, scanned_at=mail.received_at)
    assert client.get(reverse("mailbox:download", args=[piece.ref])).content == b"Le plan"


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ("application/vnd.ms-outlook", "message Outlook"), (magic.TNEF, "fichier winmail.dat"),
        ("application/pdf", "document PDF"), ("text/plain", "texte"), ("image/jpeg", "image JPEG"),
        ("image/svg+xml", "image SVG"), ("audio/x-wav", "son WAV"), (magic.UNKNOWN, ""),
        ("application/x-7z-compressed", "application/x-7z-compressed"),
    ],
)  # fmt: skip
def test_a_type_is_named_in_french(found, said):
    assert in_french(found) == said


def test_an_outlook_message_is_named_with_its_type(client, db):
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "__properties_version1.0".encode("utf-16-le")
    mail = stage.arrived(
        stage.eml(message_id="<msg@a.test>", files=(("Rendez-vous.msg", "application/vnd.ms-outlook", data),))
    )
    client.force_login(cast.marion())
    page = client.get(reverse("mailbox:thread", args=[mail.thread.ref])).text
    assert "Rendez-vous.msg" in page
    assert "Message Outlook" in page
