"""Small promises about the whole house, kept by a machine."""

import ast
import gzip
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models
from django.forms import BaseForm, DateField, DateTimeField
from django.urls import NoReverseMatch, get_resolver, reverse
from pghistory.models import Event

from callcare.ui import menu
from callcare.ui.forms import DayField
from tests.house.doors import DOORS
from tests.house.test_doors import every_url

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "src/callcare"
CODE = sorted(path for path in HOUSE.glob("**/*.py") if "migrations" not in path.parts)
PAGES = sorted(HOUSE.glob("*/templates/**/*.html"))
named = {"ids": lambda path: str(path.relative_to(ROOT))}

# Pages a stranger may open; add one only on purpose, and say in its docstring why it is harmless.
OPEN_PAGES = {
    "ui:style", "health", "account_login", "account_request_login_code", "account_confirm_login_code",
    "account_inactive", "account_logout",
    "introductions:answer", "introductions:seen",
}  # fmt: skip


def test_only_chosen_pages_are_open_to_strangers():
    views = every_url(get_resolver())
    is_open = {name for name, entry in views if not getattr(entry.callback, "login_required", True)}
    assert is_open == OPEN_PAGES
    assert {door.name for door in DOORS if door.open_to_all} == OPEN_PAGES


def test_every_menu_entry_leads_somewhere():
    for entry in menu.entries():
        assert reverse(entry.url_name)
    if menu.search:
        assert reverse(menu.search)


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_files_stay_small():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in [*CODE, *PAGES]}
    assert {path: lines for path, lines in lengths.items() if lines > 400} == {}


OUR_MODELS = [
    model
    for config in apps.get_app_configs()
    if config.name.startswith("callcare.")
    for model in config.get_models()
    if not issubclass(model, Event) and "events" not in model.__name__.lower()
]
each_model = pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)

# Rows without a life: caches, facts that are their own history, what the law of the land gives. Only on purpose.
UNTRACKED = {
    "core.DeedName", "territories.Territory", "territories.PostCode", "matching.Suggestion",
    "introductions.Disclosure", "allocations.Fulfilment", "desk.OutgoingMail", "desk.ImportRow",
    "directory.Spelling", "desk.Draft", "matching.OfferedLine", "matching.WantedLine", "territories.PlaceWord",
    "matching.GoneLine",
    "calls.InboundEvent", "calls.Refusal", "calls.CallEvent", "calls.Call", "calls.Presence",
    "report.Cell", "report.Touched", "directory.ProbablePair", "directory.Unpaired",
    "mailbox.RawMail",
}  # fmt: skip


@each_model
def test_every_model_and_field_speaks_french(model):
    name = str(model._meta.verbose_name)
    assert name[0].islower(), "verbose_name starts in lower case"
    english = name.replace(" ", "") == model.__name__.lower()
    assert not english or name in {"service", "document", "lot", "organisation"}, "say the French word of the lexicon"


@each_model
def test_every_row_keeps_its_life(model):
    assert model._meta.label in UNTRACKED or hasattr(model, "events"), "add @pghistory.track(), or say why not"


@pytest.mark.parametrize("path", PAGES, **named)
def test_pages_hold_no_inline_script_style_or_handler(path):
    text = re.sub(r"{#.*?#}", "", path.read_text())
    assert not re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:|hx-on", text)


FRENCH = re.compile(r"[A-Za-zÀ-ÿ]'[A-Za-zÀ-ÿ]")


@pytest.mark.parametrize("path", PAGES, **named)
def test_pages_are_typeset_in_french(path):
    text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>", "", path.read_text(), flags=re.DOTALL)
    assert not FRENCH.findall(text), "the apostrophe is ’"
    assert "..." not in text, "the ellipsis is …"


def test_every_template_is_used():
    everything = "\n".join(path.read_text() for path in [*CODE, *PAGES, *HOUSE.glob("*/templates/**/*.txt")])
    library = re.compile(r"^(account/|django/|400|403|404|429|500)")  # found by their place, not named by us
    homes = [home for home in HOUSE.iterdir() if (home / "views.py").exists() or (home / "views").exists()]
    paths = [path for home in homes for path in home.glob("templates/**/*.*")]
    names = {"/".join(path.relative_to(HOUSE).parts[2:]) for path in paths}

    def is_named(name: str) -> bool:
        file = name.rsplit("/", 1)[-1]
        if name in everything or (name.endswith(".txt") and file[:-4] in everything):
            return True  # a letter is named without its ending
        return f'template("{file.removesuffix(".html")}")' in everything  # the twins share their views

    assert {name for name in names if not library.match(name) and not is_named(name)} == set()


def test_every_static_file_is_used():
    sources = [*CODE, *PAGES, *HOUSE.glob("*/static/**/*.js"), *HOUSE.glob("*/static/**/*.css")]
    everything = "\n".join(path.read_text() for path in sources)
    unused = {path.name for path in HOUSE.glob("*/static/**/*.*") if path.name not in everything}
    assert unused == set()


def test_the_style_sheets_stay_light():
    sheets = b"".join(path.read_bytes() for path in sorted(HOUSE.glob("ui/static/ui/css/*.css")))
    assert len(gzip.compress(sheets)) <= 15_000
    assert len(list(HOUSE.glob("ui/static/ui/css/*.css"))) <= 8
    assert not [path for path in HOUSE.glob("*/static/**/*.css") if "ui" not in path.parts]


def classes_of(path: Path) -> set[str]:
    return {name for said in re.findall(r'\bclass="([^"{]*)"', path.read_text()) for name in said.split()}


@pytest.mark.parametrize("path", PAGES, **named)
def test_every_class_is_in_the_style_sheets(path):
    sheets = "".join(sheet.read_text() for sheet in HOUSE.glob("ui/static/ui/css/*.css"))
    styled = set(re.findall(r"\.([a-zA-Z][\w-]*)", sheets))
    assert classes_of(path) - styled == set(), "a class without a style"


def verbs_of(path: Path) -> list[tuple[str, str, str]]:
    text = path.read_text()
    choices = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef) and node.name.endswith("Verb")]
    return [
        (path.parent.name, node.name, verb)
        for node in choices
        for verb in re.findall(r"^    ([A-Z_]+) = \"", ast.get_source_segment(text, node) or "", re.MULTILINE)
    ]


VERBS = [verb for path in sorted(HOUSE.glob("*/enums.py")) for verb in verbs_of(path)]


@pytest.mark.parametrize("verb", VERBS, ids=".".join)
def test_every_verb_is_said_somewhere(verb):
    _, choices, name = verb
    used = re.compile(rf"\b{choices}\.{name}\b")
    assert any(used.search(path.read_text()) for path in CODE if path.name != "enums.py")


def test_there_are_few_signals():
    found = [
        f"{path.parent.name}.{name}"
        for path in HOUSE.glob("*/signals.py")
        for name in re.findall(r"^(\w+) = Signal\(", path.read_text(), re.MULTILINE)
    ]
    assert len(found) < 10, found


def test_no_state_hides_behind_auto_now():
    for model in OUR_MODELS:
        if model._meta.proxy:
            continue  # the library's own columns
        for field in model._meta.get_fields():
            if isinstance(field, models.DateField):
                stamped = field.auto_now or field.auto_now_add
                assert not stamped, f"{model.__name__}.{field.name}: use clock.now"


def test_the_clock_is_the_only_clock():
    for path in CODE:
        if path.name != "clock.py":
            assert not re.search(r"timezone\.now\(|datetime\.now\(|\bNow\(\)|date\.today\(", path.read_text()), path


def test_every_date_of_a_form_refuses_an_absurd_year():
    """`ui.forms.DayField` is the one date of the house's forms."""
    bare = re.compile(r"forms\.(?:SplitDateTime|DateTime|Date)Field\b")
    found = [str(path.relative_to(HOUSE)) for path in CODE if bare.search(path.read_text())]
    assert found == ["ui/forms.py"]
    dates = {
        (form.__name__, name): field
        for form in _forms(BaseForm)
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, DateField | DateTimeField)
    }
    assert dates
    assert [where for where, field in dates.items() if not isinstance(field, DayField)] == []


def _forms(known):
    """Every form of the house, once its pages are loaded."""
    list(every_url(get_resolver()))
    for form in known.__subclasses__():
        if form.__module__.startswith("callcare."):
            yield form
        yield from _forms(form)


def test_every_link_to_a_name_leads_somewhere():
    """A planted `{% url %}` to a page that does not exist is seen here, before anybody meets it."""
    names = {name for name, _ in every_url(get_resolver())}
    apps_with_pages = {name.split(":")[0] for name in names if ":" in name}
    for path in PAGES:
        for name in re.findall(r"""{%\s*url\s+["']([\w:-]+)["']""", path.read_text()):
            if name.split(":")[0] in apps_with_pages or ":" not in name:
                assert name in names, f"{path.name}: {name}"
    with pytest.raises(NoReverseMatch):
        reverse("nothing:here")
