"""The page for those who run the house names every command and every setting, and none that does not exist."""

import re

from launcher.cli import BY_NAME
from launcher.places import ROOT

PAGE = (ROOT / "docs" / "operations.md").read_text()
SOURCES = [*(ROOT / "src").rglob("*.py"), *(ROOT / "launcher").glob("*.py"), ROOT / "callcare"]


def test_every_command_has_its_line():
    assert re.findall(r"^\| `([a-z]+)` \|", PAGE, re.MULTILINE) == list(BY_NAME)


def test_no_command_is_named_that_does_not_exist():
    assert set(re.findall(r"\./callcare ([a-z]+)", PAGE)) <= set(BY_NAME)


def test_every_setting_has_its_line():
    read = {name for path in SOURCES for name in re.findall(r"CALLCARE_[A-Z_]*[A-Z]\b", path.read_text())}
    assert set(re.findall(r"^\| `(CALLCARE_[A-Z_]+)` \|", PAGE, re.MULTILINE)) == read
