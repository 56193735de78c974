"""The pages we write for people: what they name exists, what they point to is there, and each term has its word."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from pghistory.models import Event

from launcher.cli import BY_NAME

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("src/**/*.md")])
LEXICON = (ROOT / "docs/lexique.md").read_text()
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def commands_named(text: str) -> set[str]:
    return set(re.findall(r"\./callcare ([a-z]+)", text))


def dead_links(page: Path, text: str) -> list[str]:
    """The relative links and pictures of a page that lead nowhere."""
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)|(?:src|srcset)=\"([^\"]+)\"", text)
    paths = [one or other for one, other in links]
    return [path for path in paths if "://" not in path and not (page.parent / path).exists()]


def strangers(text: str) -> list[str]:
    """Folders of one machine, and hosts of package registries: neither belongs in a page."""
    return re.findall(
        r"(?<![\w.])/(?:home|root|work|tmp|Users)/\S*|\S*(?:pypi\.org|pythonhosted|registry\.npmjs)\S*", text
    )


@each_page
def test_every_command_named_exists(page):
    assert commands_named(page.read_text()) - set(BY_NAME) == set()


@each_page
def test_every_link_leads_somewhere(page):
    assert dead_links(page, page.read_text()) == []


@each_page
def test_no_page_speaks_of_one_machine(page):
    assert strangers(page.read_text()) == []


def test_these_tests_can_see():
    """Planted faults are found."""
    assert commands_named("Try `./callcare dance` at once.") - set(BY_NAME) == {"dance"}
    planted = '[there](nowhere.md) <img src="nothing.png"> [here](README.md#walk) [far](https://example.test)'
    assert dead_links(ROOT / "README.md", planted) == ["nowhere.md", "nothing.png"]
    assert strangers("see /home/anybody/notes and https://pypi.org/simple") != []


def test_every_decision_is_in_the_list():
    folder = ROOT / "docs/adr"
    listed = set(re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text()))
    assert listed == {path.name for path in folder.glob("[0-9]*.md")}


def test_every_page_of_the_docs_is_pointed_to():
    """A page nobody leads to is read by nobody."""
    everything = "\n".join(path.read_text() for path in PAGES)
    assert [path.name for path in sorted(ROOT.glob("docs/*.md")) if f"{path.name})" not in everything] == []


WORDS = [
    (model._meta.label, str(model._meta.verbose_name))
    for model in apps.get_models()
    if model.__module__.startswith("callcare.")
    if not issubclass(model, Event) and "event" not in model.__name__.lower()
]


@pytest.mark.parametrize(("label", "word"), WORDS, ids=[label for label, _ in WORDS])
def test_every_model_has_its_word_in_the_lexicon(label, word):
    """In the column of the words on the screen, whole: « besoin » is not found in « ligne de besoin »."""
    said = {
        one.strip()
        for row in re.findall(r"^\| [^|]+\| ([^|]+) \|", LEXICON, re.MULTILINE)
        for one in re.split(r" / |, ", re.sub(r"\([^)]*\)", "", row))
    }
    assert word in said, f"give {label} its line in docs/lexique.md"
