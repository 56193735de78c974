"""Installing: once for each lock, with hashes, and never in an environment that was lent."""

import hashlib
import sys
from pathlib import Path

import pytest

from launcher import install, places
from launcher.speech import Trouble

ROOT = places.ROOT


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A clone with an environment that works, and locks of one line."""
    (tmp_path / "requirements").mkdir()
    for lock in install.CONTAINS:
        (tmp_path / "requirements" / lock).write_text(f"thing-of-{lock}==1\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.delenv("CALLCARE_VENV", raising=False)
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "LOCKS", tmp_path / "requirements")
    return tmp_path


@pytest.fixture
def ran(monkeypatch):
    """The commands that installing would have run."""
    commands: list[list[str]] = []

    def note(command, **kwargs):
        commands.append([str(word) for word in command])
        return 0, ""

    monkeypatch.setattr(install, "patiently", note)
    return commands


def test_a_lock_is_installed_once(clone, ran):
    for _ in range(2):
        install.provide("run.lock")
    assert len(ran) == 1
    assert "--require-hashes" in ran[0]


def test_a_changed_lock_is_installed_again(clone, ran):
    install.provide("run.lock")
    (clone / "requirements" / "run.lock").write_text("thing==2\n")
    install.provide("run.lock")
    assert len(ran) == 2


def test_the_environment_of_the_tests_has_all_that_the_demo_needs(clone, ran):
    install.provide("dev.lock")
    install.provide("run.lock")
    assert len(ran) == 1


def test_the_environment_of_the_demo_has_not_all_that_the_tests_need(clone, ran):
    install.provide("run.lock")
    install.provide("dev.lock")
    assert len(ran) == 2


def test_an_interrupted_installation_is_begun_again(clone, ran, monkeypatch):
    install.provide("run.lock")
    (clone / "requirements" / "run.lock").write_text("thing==2\n")
    monkeypatch.setattr(install, "patiently", lambda *_, **__: (1, "no network"))
    with pytest.raises(Trouble, match="no network"):
        install.provide("run.lock")
    assert not install.is_current(clone / ".venv", "run.lock")


def test_a_broken_environment_is_made_again(clone, ran):
    (clone / ".venv" / "bin" / "python").unlink()
    install.provide("run.lock")
    assert ran[0][1:3] == ["-m", "venv"]


def test_without_the_venv_module_one_line_says_what_to_install(clone, monkeypatch):
    (clone / ".venv" / "bin" / "python").unlink()
    monkeypatch.setattr(install.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Trouble, match="apt install python3-venv"):
        install.provide("run.lock")


def test_a_lent_environment_is_used_as_it_is(clone, ran, monkeypatch):
    monkeypatch.setenv("CALLCARE_VENV", sys.prefix)
    assert install.provide("dev.lock") == Path(sys.prefix)
    assert ran == []
    monkeypatch.setenv("CALLCARE_VENV", str(clone / "nothing"))
    with pytest.raises(Trouble, match="n’est pas un environnement Python"):
        install.provide("dev.lock")


def test_the_seal_is_the_hash_of_the_lock(clone, ran):
    install.provide("run.lock")
    seal = hashlib.sha256((clone / "requirements" / "run.lock").read_bytes()).hexdigest()
    assert (clone / ".venv" / ".lock-sha256").read_text() == f"{seal}  run.lock\n"


@pytest.mark.parametrize("lock", ["run.lock", "dev.lock", "data.lock"])
def test_locks_have_hashes_and_no_address(lock):
    text = (ROOT / "requirements" / lock).read_text()
    assert "://" not in text
    assert not [line for line in text.splitlines() if line.startswith("-")]
    wanted = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert all("==" in line and line.endswith("\\") for line in wanted)
    assert text.count("--hash=sha256:") >= len(wanted) > 0


def test_the_lock_of_the_tests_contains_that_of_the_demo():
    """Else a demo started after the tests would find libraries missing that are noted as installed."""

    def pins(lock: str) -> set[str]:
        lines = (ROOT / "requirements" / lock).read_text().splitlines()
        # Without the systems it is for: what else is locked may ask for the same library on more of them.
        return {line.partition(";")[0].rstrip(" \\") for line in lines if "==" in line and line[0] not in " #"}

    assert pins("run.lock") <= pins("dev.lock")
