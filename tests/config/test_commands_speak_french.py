"""Every command answers a wrong line in French: our own, and those of Django and of the libraries."""

import argparse
import os
import re
import subprocess
import sys

import pytest
from django.core.management import get_commands

from callcare.config.commanding import Commands
from launcher import arguments, cli
from tests.launcher.house import ROOT

OURS = sorted(name for name, app in get_commands().items() if app.startswith("callcare."))
ENGLISH = re.compile(
    r"\b(error|required|invalid|expected|unrecognized|argument|choose|the following|unknown)\b", re.IGNORECASE
)
WRONG = [["--nonsense"], ["--verbosity", "nine"], ["--verbosity"], ["--no-color=yes"], ["--verbosity=9"]]


@pytest.fixture
def french():
    """argparse as the launcher and manage.py set it, put back afterwards."""
    kept = argparse._, argparse.ngettext
    arguments.speak_french()
    yield
    argparse._, argparse.ngettext = kept


def manage(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(ROOT / "manage.py"), *words]
    env = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("words", WRONG, ids=" ".join)
def test_a_wrong_line_is_answered_in_french(name, words, french, capsys):
    with pytest.raises(SystemExit) as end:
        Commands(["manage.py", name, *words]).execute()
    said = capsys.readouterr().err
    assert end.value.code == 2
    assert "Cette ligne n’est pas comprise" in said
    assert "--help dit ce qui est possible" in said
    assert ENGLISH.findall(said.replace(" ".join(words), "")) == []


def test_the_same_line_was_answered_in_english(capsys, monkeypatch):
    """The negative control: without our sentences the pattern finds those of Python."""
    monkeypatch.setattr(argparse, "_", lambda text: text)
    monkeypatch.setattr(argparse, "ngettext", lambda one, many, n: one if n == 1 else many)
    with pytest.raises(SystemExit):
        Commands(["manage.py", "examine", "--nonsense"]).execute()
    assert ENGLISH.search(capsys.readouterr().err)


@pytest.mark.parametrize("command", [one for one in cli.COMMANDS if not one.passes_on], ids=lambda one: one.name)
@pytest.mark.parametrize("words", [["--nonsense"], ["de", "trop"], ["--port"], ["--port", "x"]], ids=" ".join)
def test_the_launcher_answers_in_french(command, words, french, capsys):
    with pytest.raises(SystemExit) as end:
        command.parser().parse_args(words)
    said = capsys.readouterr().err
    assert end.value.code == 2
    assert said.startswith("Cette ligne n’est pas comprise")
    assert ENGLISH.findall(said) == []


def test_what_goes_wrong_is_one_sentence_without_the_name_of_a_class():
    done = manage("invite", "claire", "operator")
    assert done.returncode != 0
    assert "CommandError" not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 2, done.stderr


def test_an_unknown_command_has_its_nearest_names():
    done = manage("migrat")
    assert done.returncode == 2
    assert done.stderr.startswith("« migrat » n’est pas une commande. Vouliez-vous dire migrate")
