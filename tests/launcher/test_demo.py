"""The whole house, started for real, in the life of one folder: web, worker, letter box and database of its own."""

import os
import signal
import smtplib
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.launcher import house

WELL = {"web": "ok", "database": "ok", "worker": "ok", "outbox": "ok"}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


def test_the_life_of_a_demo(data):
    """In one test, because each chapter begins where the last one ended; the first start is the long one."""
    opens_and_stops_in_order(data)
    a_killed_launcher_leaves_only_the_database(data)
    a_killed_database_ends_the_whole(data)
    starts_again_after_all_that(data)


def opens_and_stops_in_order(data: Path) -> None:
    process = house.callcare("demo", "--port", "0", "--data", str(data))
    try:
        facts = house.wait_for_demo(data, process)
        assert facts["health"] == WELL
        a_letter_arrives(data, facts["CALLCARE_SMTP_URL"])
        others_are_told(data, str(urlsplit(facts["CALLCARE_URL"]).port))
        the_database_is_safe(data)
    finally:
        process.send_signal(signal.SIGTERM)
        status, out = house.said(process)
    assert status == 0, out
    ends = [line for line in out.splitlines() if line.startswith("· Arrêt")]
    assert ends == ["· Arrêt de « web »", "· Arrêt de « taches »", "· Arrêt de « courrier »", "· Arrêt de la base"]
    assert house.left_behind(data) == []


def a_letter_arrives(data: Path, address: str) -> None:
    """As a file whose name cannot leave the folder, whatever the address."""
    box = urlsplit(address)
    with smtplib.SMTP(box.hostname, box.port) as door:
        door.sendmail("a@call-care.test", ["../../claire@asso.test"], "Subject: bonjour\r\n\r\nBonjour\r\n")
    letters = list((data / "mail").rglob("*.eml"))
    # Beside it, at some hours of the day, the acknowledgements of the mails the story received last.
    assert [letter.read_bytes() for letter in letters].count(b"Subject: bonjour\r\n\r\nBonjour\r\n") == 1


def others_are_told(data: Path, port: str) -> None:
    status, out = house.said(house.callcare("demo", "--port", port, "--data", str(data / "other")))
    assert (status, out) == (1, f"Le port {port} est déjà pris : choisissez-en un autre avec --port.\n")
    status, out = house.said(house.callcare("demo", "--port", "0", "--data", str(data)))
    assert status == 1
    assert out.startswith("Une démonstration tourne déjà")


def the_database_is_safe(data: Path) -> None:
    """As the server says it; asked through `psql`, which joins the running server and leaves it running."""
    asked = (
        "select string_agg(name || '=' || setting, ' ' order by name) from pg_settings where name in"
        " ('fsync','full_page_writes','synchronous_commit','data_checksums','listen_addresses')"
    )
    status, out = house.said(house.callcare("psql", "-XAtc", asked, CALLCARE_DATA=str(data)))
    assert status == 0, out
    assert out == "data_checksums=on fsync=on full_page_writes=on listen_addresses= synchronous_commit=on\n"


def a_killed_launcher_leaves_only_the_database(data: Path) -> None:
    """PostgreSQL is nobody's child; the others die with the one who started them."""
    process = house.callcare("demo", "--port", "0", "--data", str(data))
    house.wait_for_demo(data, process)
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 30
    while any("postgres" not in line for line in house.left_behind(data)):
        assert time.monotonic() < deadline, house.left_behind(data)
        time.sleep(0.2)
    (data / "demo.json").unlink()


def a_killed_database_ends_the_whole(data: Path) -> None:
    """The next launcher joins the server that was left; when that is killed, the whole says so and stops."""
    process = house.callcare("demo", "--port", "0", "--data", str(data))
    house.wait_for_demo(data, process)
    os.kill(house.postmaster(data), signal.SIGKILL)
    status, out = house.said(process)
    assert status == 1
    assert "s’est arrêté tout seul" in out
    assert house.left_behind(data) == []


def starts_again_after_all_that(data: Path) -> None:
    status, out = house.said(house.callcare("demo", "--check", "--port", "0", "--data", str(data)))
    assert status == 0, out
    assert "Tout va bien" in out
    assert house.left_behind(data) == []
    assert not (data / "pg" / "postmaster.pid").exists()
