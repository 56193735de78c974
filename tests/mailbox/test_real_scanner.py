"""The house asks a real clamd, as Debian packages it, with signatures of our own: its real ones need the network."""

import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from callcare.mailbox import clamav
from callcare.mailbox.actions.attachments import scan_attachments
from callcare.mailbox.enums import ScanState
from callcare.mailbox.models import Attachment
from tests.mailbox import desk_stage as stage
from tests.telephone.processes import Program, wait_for

pytestmark = pytest.mark.scanner
WRONG = b"un virus de papier, pour les essais de la maison"
CONFIG = """
Foreground yes
DatabaseDirectory {folder}/signatures
LocalSocket {folder}/clamd.ctl
TemporaryDirectory {folder}
LogFile {folder}/clamd.log
StreamMaxLength 2M
"""


@pytest.fixture(scope="module")
def clamd(tmp_path_factory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "signatures").mkdir()
    (folder / "signatures" / "essai.ndb").write_text(f"Essai.Papier:0:*:{WRONG.hex()}\n")
    (folder / "clamd.conf").write_text(CONFIG.format(folder=folder))
    program = Program("clamd", ["/usr/sbin/clamd", "-c", folder / "clamd.conf"], folder)
    try:
        socket = folder / "clamd.ctl"
        wait_for(lambda: socket.exists() or not program.is_running, within=60, why="clamd does not start")
        assert program.is_running, program.said()
        yield socket
    finally:
        program.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def asked(clamd, settings):
    settings.CLAMD = f"unix:{clamd}"


def zipped(data: bytes) -> bytes:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("facture.txt", data)
    return box.getvalue()


def test_what_is_clean_and_what_is_not_even_in_an_archive():
    assert clamav.scan(b"Bonjour").state == ScanState.CLEAN
    assert clamav.scan(b"").state == ScanState.CLEAN
    for data in (WRONG, b"x" * 100_000 + WRONG, zipped(WRONG)):
        found = clamav.scan(data)
        assert (found.state, found.said.removesuffix(".UNOFFICIAL")) == (ScanState.INFECTED, "Essai.Papier")
    assert clamav.scan(zipped(b"Bonjour")).state == ScanState.CLEAN


def test_what_is_longer_than_it_takes_is_not_called_clean():
    assert clamav.scan(b"x" * 3_000_000).state == ScanState.FAILED


@pytest.mark.django_db
def test_one_that_is_too_long_does_not_keep_the_others_from_being_scanned():
    film = ("film.bin", "application/octet-stream", b"x" * 3_000_000)
    stage.arrived(stage.eml(message_id="<1@a.test>", files=(film,)))
    stage.arrived(stage.eml(message_id="<2@a.test>", files=(("plan.txt", "text/plain", b"Le plan"),)))
    assert scan_attachments() == 2
    said = dict(Attachment.objects.values_list("name", "scan"))
    assert said == {"film.bin": ScanState.FAILED, "plan.txt": ScanState.CLEAN}


@pytest.mark.django_db
def test_the_attachments_of_a_mail_are_scanned():
    files = (("plan.txt", "text/plain", b"Le plan"), ("facture.zip", "application/zip", zipped(WRONG)))
    mail = stage.arrived(stage.eml(message_id="<scan@canal.test>", files=files))
    assert scan_attachments() == 2
    said = dict(mail.attachments.values_list("name", "scan"))
    assert said == {"plan.txt": ScanState.CLEAN, "facture.zip": ScanState.INFECTED}
