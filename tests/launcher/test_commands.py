"""What a person types: every command has its help in French, and what is not understood is said in a sentence."""

import contextlib
import json
import re
import socket
import subprocess

import pytest

from launcher import checking, cli, debian, demo, managing, places, testing
from launcher.speech import Trouble


def test_every_command_is_listed_with_its_help(capsys):
    assert cli.main(["--help"]) == 0
    said = capsys.readouterr().out
    assert re.findall(r"^  (\w+) +\S", said, re.MULTILINE) == list(cli.BY_NAME)


@pytest.mark.parametrize("name", [name for name in cli.BY_NAME if name != "manage"])
def test_every_command_helps_in_french(name, capsys):
    with contextlib.suppress(SystemExit):
        cli.BY_NAME[name].run(["--help"])
    said = capsys.readouterr().out
    assert cli.BY_NAME[name].help[1:30] in " ".join(said.split())
    assert "montrer cette aide" in said
    assert "show this help" not in said


def test_an_unknown_command_is_answered_by_the_list(capsys):
    assert cli.main(["démo"]) == 2
    assert "« démo » n’est pas une commande" in capsys.readouterr().err


def test_nothing_at_all_is_answered_by_the_list(capsys):
    assert cli.main([]) == 2
    assert "./callcare demo" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--port", "abc"], ["--port", "70000"], ["--port", "-1"], ["--prot", "1"]])
def test_a_mistyped_option_is_told_in_two_lines(words, capsys):
    with pytest.raises(SystemExit) as end:
        cli.BY_NAME["demo"].run(words)
    assert end.value.code == 2
    assert "n’est pas comprise" in capsys.readouterr().err


def test_the_rest_of_the_line_goes_untouched_to_pytest(monkeypatch):
    seen = []
    monkeypatch.setattr(cli.install, "move_into", lambda lock: None)
    monkeypatch.setattr(testing, "test", lambda options: seen.extend(options.words) or 0)
    assert cli.main(["test", "-m", "race", "tests/desk", "--port=1", "-x"]) == 0
    assert seen == ["-m", "race", "tests/desk", "--port=1", "-x"]


def test_a_foreseeable_trouble_is_a_sentence_without_traceback(monkeypatch, capsys):
    def trouble(lock):
        raise Trouble("Il manque le module venv.")

    monkeypatch.setattr(cli.install, "move_into", trouble)
    assert cli.main(["demo"]) == 1
    assert capsys.readouterr().err == "Il manque le module venv.\n"


def test_a_busy_port_is_said_before_anything_is_prepared():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Trouble, match=f"Le port {port} est déjà pris"), demo.door(port):
            pass


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Trouble, match="--data"):
        places.data_folder(str(tmp_path / "file" / "under"))


def test_serving_needs_a_database_of_its_own(monkeypatch, capsys):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(cli.install, "move_into", lambda lock: None)
    for command in ("serve", "worker"):
        assert cli.main([command]) == 1
        assert "DATABASE_URL" in capsys.readouterr().err


def test_serving_beyond_this_machine_needs_https(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql:///never-asked")
    monkeypatch.setenv("CALLCARE_DATA", str(tmp_path))
    monkeypatch.delenv("CALLCARE_HTTPS", raising=False)
    monkeypatch.setattr(cli.install, "move_into", lambda lock: None)
    assert cli.main(["serve", "--host", "0.0.0.0"]) == 1  # noqa: S104  # that it is refused is the point
    assert "HTTPS" in capsys.readouterr().err


def test_the_accounts_of_the_story_are_shown_as_it_wrote_them(tmp_path):
    path = tmp_path / "demo-accounts.json"
    assert list(demo.accounts(path)) == []
    path.write_text(json.dumps([{"name": "Nadia", "email": "nadia@call-care.test"}]))
    assert list(demo.accounts(path)) == ["Comptes de démonstration :", "  - Nadia · nadia@call-care.test"]


def test_other_commands_know_the_demo_under_way(tmp_path):
    assert managing.demo_running(tmp_path) == {}
    told = {"CALLCARE_URL": "http://127.0.0.1:8000", "PATH": "/nowhere"}
    (tmp_path / "demo.json").write_text(json.dumps(told))
    assert managing.demo_running(tmp_path) == {"CALLCARE_URL": "http://127.0.0.1:8000"}


def test_the_environment_keeps_what_the_person_has_set(monkeypatch, tmp_path):
    """Proxies and certificates stand in it."""
    monkeypatch.setenv("SSL_CERT_FILE", "/somewhere")
    env = places.surroundings(tmp_path, CALLCARE_DEMO="1")
    assert (env["SSL_CERT_FILE"], env["CALLCARE_DEMO"]) == ("/somewhere", "1")


def test_what_tests_lack_is_one_line_for_the_person(monkeypatch, capsys):
    monkeypatch.setitem(debian.NEEDED, "sip", {"asterisk-of-test": "/nowhere/at/all"})
    monkeypatch.setattr(debian.os, "geteuid", lambda: 1000)
    debian.provide(["sip"])
    assert "sudo apt install asterisk-of-test" in capsys.readouterr().err


def test_as_root_what_tests_lack_is_installed(monkeypatch, tmp_path):
    ran = []
    monkeypatch.setattr(debian, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setitem(debian.NEEDED, "sip", {"asterisk-of-test": "/nowhere/at/all"})
    monkeypatch.setattr(debian.os, "geteuid", lambda: 0)
    monkeypatch.setattr(debian.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(debian, "patiently", lambda command, **_: ran.append(command) or (0, ""))
    debian.provide(["sip"])
    assert ran == [["apt-get", "install", "-y", "-q", "--no-install-recommends", "asterisk-of-test"]]


def test_no_service_starts_while_packages_are_installed(monkeypatch, tmp_path):
    policy = tmp_path / "policy-rc.d"
    monkeypatch.setattr(debian, "POLICY", policy)
    with debian.nothing_started():
        asked = subprocess.run([policy, "kamailio", "start"], check=False)
        assert asked.returncode == 101
    assert not policy.exists()


def test_a_policy_of_the_owner_stays_as_it_is(monkeypatch, tmp_path):
    policy = tmp_path / "policy-rc.d"
    monkeypatch.setattr(debian, "POLICY", policy)
    policy.write_text("of the owner")
    with debian.nothing_started():
        assert policy.read_text() == "of the owner"
    assert policy.read_text() == "of the owner"


def test_every_check_is_run_and_the_failures_counted(monkeypatch, capsys):
    monkeypatch.setattr(checking, "checks", lambda: {"bon": ["true"], "mauvais": ["false"], "bon aussi": ["true"]})
    assert checking.check(None) == 1
    said = capsys.readouterr().out
    assert "✗ mauvais" in said
    assert "✓ bon aussi" in said
