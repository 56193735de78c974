"""An attachment is looked at before it is opened: clean it is served, infected never, else as pictures."""

import io
import socket
import struct
import threading
import time
from contextlib import contextmanager

import pypdfium2
import pytest
from django.urls import reverse
from PIL import Image

from callcare.core.deeds import Refused, timeline
from callcare.mailbox import clamav, previews
from callcare.mailbox.actions.attachments import open_original, scan_attachments
from callcare.mailbox.enums import ScanState
from callcare.mailbox.models import Attachment
from tests import cast
from tests.mailbox import desk_stage as stage

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


def pdf(pages: int = 2) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(200, 300)
    out = io.BytesIO()
    document.save(out)
    document.close()
    return out.getvalue()


class FakeClamd:
    """Speaks the part of clamd's protocol that we use; finds EICAR, and nothing else."""

    def __init__(self, says: bytes = b"") -> None:
        self.says, self.seen = says, []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.where = f"tcp:127.0.0.1:{self.door.getsockname()[1]}"
        self.hand = threading.Thread(target=self.serve)

    def serve(self) -> None:
        while True:
            try:
                line, _ = self.door.accept()
            except OSError:
                return
            with line, line.makefile("rb") as read:
                if read.read(10) != b"zINSTREAM\0":
                    line.sendall(b"UNKNOWN COMMAND\0")
                    continue
                data = b""
                while length := struct.unpack("!I", read.read(4))[0]:
                    data += read.read(length)
                self.seen.append(data)
                found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0"
                line.sendall(self.says or found)


@contextmanager
def scanner(settings, says: bytes = b""):
    fake = FakeClamd(says)
    settings.CLAMD = fake.where
    fake.hand.start()
    try:
        yield fake
    finally:
        fake.door.shutdown(socket.SHUT_RDWR)
        fake.door.close()
        fake.hand.join()


def attached(name: str, kind: str, data: bytes) -> Attachment:
    raw = stage.eml(message_id=f"<{name}@canal.test>", files=((name, kind, data),))
    return stage.arrived(raw).attachments.get()


@pytest.mark.django_db
def test_without_a_scanner_it_stays_unscanned_and_the_page_says_so(client, settings):
    settings.CLAMD = ""
    piece = stage.attachment()
    assert scan_attachments() == 0
    client.force_login(cast.marion())
    said = client.get(reverse("mailbox:attachment", args=[piece.ref])).content.decode()
    assert "non analysée" in said
    assert "Aucun antivirus n’est raccordé" in said
    assert client.get(reverse("mailbox:download", args=[piece.ref])).status_code == 404


@pytest.mark.django_db
def test_clean_it_is_served_as_a_file_that_nobody_opens_as_a_page(client, settings):
    piece = attached("dossier<b>.html", "text/html", b"<script>alert(1)</script>")
    with scanner(settings) as fake:
        assert scan_attachments() == 1
        assert scan_attachments() == 0
    assert fake.seen == [b"<script>alert(1)</script>"]
    piece.refresh_from_db()
    assert piece.scan == ScanState.CLEAN
    assert [line.verb for line in timeline(piece)][-1] == "attachment.scanned"
    client.force_login(cast.marion())
    answer = client.get(reverse("mailbox:download", args=[piece.ref]))
    assert answer.content == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert "<" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_infected_it_is_served_in_no_way(client, settings):
    piece = attached("facture.pdf", "application/pdf", EICAR)
    client.force_login(cast.marion())
    with scanner(settings):
        scan_attachments()
    piece.refresh_from_db()
    assert (piece.scan, piece.scan_said) == (ScanState.INFECTED, "Eicar-Test-Signature")
    assert client.get(reverse("mailbox:download", args=[piece.ref])).status_code == 404
    assert client.get(reverse("mailbox:preview", args=[piece.ref, 1])).status_code == 404
    assert client.get(reverse("mailbox:original", args=[piece.mail.ref])).status_code == 404
    answer = client.post(reverse("mailbox:open", args=[piece.ref]), {"because": "je veux"})
    assert answer.status_code == 422
    assert EICAR not in answer.content
    with pytest.raises(Refused, match="infectée"):
        open_original(piece, by=cast.marion(), because="je veux")
    said = client.get(reverse("mailbox:attachment", args=[piece.ref])).content.decode()
    assert "Elle n’est ni montrée ni remise" in said
    assert "Télécharger malgré tout" not in said


@pytest.mark.django_db
@pytest.mark.parametrize("says", [b"INSTREAM size limit exceeded. ERROR\0", b"stream: Can't allocate memory ERROR\0"])
def test_a_scanner_that_could_not_leaves_it_failed_and_unserved(client, settings, says):
    piece = stage.attachment()
    with scanner(settings, says):
        scan_attachments()
    piece.refresh_from_db()
    assert piece.scan == ScanState.FAILED
    client.force_login(cast.marion())
    assert client.get(reverse("mailbox:download", args=[piece.ref])).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["tcp:127.0.0.1:1", "unix:/nowhere/clamd.ctl", "tcp:", "carrier pigeon"])
def test_a_scanner_away_changes_nothing(settings, where):
    piece = stage.attachment()
    settings.CLAMD = where
    assert scan_attachments() == 0
    piece.refresh_from_db()
    assert piece.scan == ScanState.UNSCANNED
    with pytest.raises(clamav.NoScanner):
        clamav.scan(b"x")


@pytest.mark.django_db
def test_words_nobody_understands_are_no_verdict(settings):
    piece = stage.attachment()
    with scanner(settings, b"HTTP/1.1 200 OK\0"):
        assert scan_attachments() == 0
    piece.refresh_from_db()
    assert piece.scan == ScanState.UNSCANNED


@pytest.mark.django_db
def test_the_original_of_an_unscanned_one_asks_for_a_reason_that_stays(client):
    piece = stage.attachment()
    client.force_login(cast.marion())
    url = reverse("mailbox:open", args=[piece.ref])
    assert client.post(url, {"because": "  "}).status_code == 422
    piece.refresh_from_db()
    assert piece.opened_at is None
    answer = client.post(url, {"because": "Photo attendue, confirmée au téléphone"})
    assert answer.content == stage.photo()
    assert answer["Content-Disposition"] == 'attachment; filename="photo.jpg"'
    last = timeline(piece)[-1]
    assert (last.verb, last.by, last.because) == (
        "attachment.opened", cast.marion().pk, "Photo attendue, confirmée au téléphone",
    )  # fmt: skip


@pytest.mark.django_db
def test_its_picture_is_drawn_anew_without_what_it_says_of_the_place(client):
    piece = stage.attachment()
    assert b"rue des Lilas" in stage.photo()
    client.force_login(cast.marion())
    answer = client.get(reverse("mailbox:preview", args=[piece.ref, 1]))
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"rue des Lilas" not in answer.content
    with Image.open(io.BytesIO(answer.content)) as image:
        assert (image.size, dict(image.getexif())) == ((60, 40), {})


@pytest.mark.django_db
def test_the_pages_of_a_pdf_are_pictures(client):
    piece = attached("devis.pdf", "application/pdf", pdf(2))
    client.force_login(cast.marion())
    page = client.get(reverse("mailbox:attachment", args=[piece.ref]))
    assert page.content.decode().count('<img class="sheet"') == 2
    answer = client.get(reverse("mailbox:preview", args=[piece.ref, 2]))
    with Image.open(io.BytesIO(answer.content)) as image:
        assert max(image.size) <= previews.SIDE
    assert client.get(reverse("mailbox:preview", args=[piece.ref, 3])).status_code == 404


@pytest.mark.django_db
def test_the_desk_of_another_town_sees_no_attachment(client):
    piece = stage.attachment()
    client.force_login(cast.amelie())
    for name, more in (("attachment", []), ("download", []), ("preview", [1])):
        assert client.get(reverse(f"mailbox:{name}", args=[piece.ref, *more])).status_code == 404
    assert client.post(reverse("mailbox:open", args=[piece.ref]), {"because": "x"}).status_code == 404
    with pytest.raises(Refused, match="pas de votre guichet"):
        open_original(piece, by=cast.amelie(), because="x")


def bomb() -> bytes:
    """A PNG of a few kilobytes that is nine hundred million pixels."""
    import zlib  # noqa: PLC0415

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))

    head = struct.pack("!IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(10_000_000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (bomb(), "image/png"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "image/png"),
        (b"%PDF-1.7 nothing", "application/pdf"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"GIF89a" + b"\xff" * 5000, "image/gif"),
        (b"", "image/jpeg"),
    ],
    ids=["bomb", "broken", "no pdf", "svg", "gif", "empty"],
)
def test_what_cannot_be_drawn_gives_no_picture_and_takes_no_time(data, kind):
    began = time.monotonic()
    assert previews.picture(data, kind) is None
    assert time.monotonic() - began < previews.SECONDS / 2


def test_a_picture_as_large_as_a_good_camera_s_is_drawn():
    out = io.BytesIO()
    Image.new("RGB", (6000, 4000), "teal").save(out, "JPEG")
    made = previews.picture(out.getvalue(), "image/jpeg")
    assert made
    with Image.open(io.BytesIO(made)) as image:
        assert max(image.size) == previews.SIDE


def test_the_child_knows_no_secret(monkeypatch):
    seen = []
    monkeypatch.setenv("CALLCARE_SECRET_KEY", "a secret")
    monkeypatch.setattr(
        previews.subprocess, "run", lambda *_, **how: seen.append(how["env"]) or (_ for _ in ()).throw(OSError)
    )
    assert previews.picture(stage.photo(), "image/jpeg") is None
    assert set(seen[0]) <= {
        "PYTHONPATH",
        "PYTHONUTF8",
        "MALLOC_ARENA_MAX",
        "PYTHONDONTWRITEBYTECODE",
        "PATH",
        "LD_LIBRARY_PATH",
    }
