"""`./callcare mail read`: what intake understands of files, as JSON, and a sentence for what is no mail."""

import io
import json
import sys

import pytest
from django.core.management import call_command
from django.db import connection

from callcare.mailbox.management.commands import mail as command
from callcare.mailbox.reader import TOO_LONG, Unreadable
from callcare.mailbox.rules import identifiers
from launcher import cli, managing
from tests.mailbox import corpus


def written(folder, name: str):
    path = folder / f"{name.replace('/', ' ')}.eml"
    path.write_bytes(next(mail.raw for mail in corpus.golden() if mail.name == name))
    return str(path)


def test_each_file_is_one_object(tmp_path, capsys):
    call_command("mail", "read", written(tmp_path, "clients/outlook of an office"), written(tmp_path, "machines/spam"))
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["kind"] == "human"
    assert first["from"] == {"name": "PETIT Jean", "address": "jean.petit@exemple.test"}
    assert first["to"] == [{"name": "", "address": "guichet@call-care.test"}]
    assert first["subject"] == "RE: Votre besoin"
    assert first["date"] == "2026-03-03T09:12:00+00:00"
    assert first["shown"].startswith("Bonjour,\n\nNous avons 12 écrans à donner.")
    (folded,) = first["folded"]
    assert (folded["kind"], folded["text"][:8]) == ("history", "De : Gui")
    (attached,) = first["attachments"]
    assert (attached["name"], attached["type"], attached["size"]) == ("image001.png", "image/png", 29)
    assert first["thread"]["in_reply_to"] == ["<cc.0123456789abcdef0123456789abcdef@call-care.test>"]
    assert (second["kind"], second["warnings"]) == ("spam", [])


def test_what_is_no_mail_gets_a_sentence_and_the_others_are_read(tmp_path, capsys):
    empty = tmp_path / "vide.eml"
    empty.write_bytes(b"")
    with pytest.raises(SystemExit) as ended:
        call_command(
            "mail",
            "read",
            str(tmp_path),
            str(empty),
            str(tmp_path / "absent.eml"),
            "a\0b",
            written(tmp_path, "machines/spam"),
        )
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert json.loads(said.out)["kind"] == "spam"
    assert said.err.splitlines() == [
        f"{tmp_path} : c’est un dossier, pas un courriel.",
        f"{empty} : ce fichier est vide.",
        f"{tmp_path / 'absent.eml'} : ce fichier n’existe pas.",
        "a\0b : ce fichier ne peut pas être lu.",
    ]


def test_a_mail_comes_from_standard_input_too(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Subject: Un\r\n\r\nBonjour")))
    call_command("mail", "read", "-")
    assert json.loads(capsys.readouterr().out)["subject"] == "Un"


def test_what_cannot_be_read_is_said_and_is_no_error(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(command, "read_guarded", lambda raw, ours: Unreadable(TOO_LONG))
    path = written(tmp_path, "machines/spam")
    call_command("mail", "read", path)
    assert json.loads(capsys.readouterr().out) == {"file": path, "kind": "unreadable", "why": TOO_LONG}


def test_a_terminal_without_our_letters_still_gets_json(tmp_path, monkeypatch):
    poor = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", poor)
    call_command("mail", "read", written(tmp_path, "machines/spam"), stdout=poor)
    poor.flush()
    assert json.loads(poor.buffer.getvalue())["subject"] == "Vous avez gagné"


def test_our_own_copies_are_recognised_by_the_settings(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS, settings.MAIL_DOMAIN = "new", ["old"], "call-care.test"
    ours = command.of_the_house()
    for secret, is_ours in (("new", True), ("old", True), ("other", False)):
        signed = identifiers.signed("T1", 1, identifiers.key_of(secret), "call-care.test")
        assert ours.is_signed(signed) is is_ours


def test_no_database_is_started_for_it(monkeypatch, tmp_path):
    """This test has no access to the database; and the launcher starts none."""
    called = []
    monkeypatch.setattr(managing, "call", lambda words, env: called.append(words) or 0)
    monkeypatch.setattr(managing, "house", lambda **how: pytest.fail("a database was started"))
    options = cli.argparse.Namespace(words=["read", "a.eml"], command="mail")
    assert managing.mail(options) == 0
    assert called[0][-3:] == ["mail", "read", "a.eml"]
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        connection.ensure_connection()
