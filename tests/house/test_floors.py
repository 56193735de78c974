"""What import-linter cannot see: keys, templates, URL names and migrations also only point down."""

import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "src/callcare"
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERS = next(contract["layers"] for contract in CONTRACTS if contract["id"] == "floors")
FLOOR = {app: -height for height, layer in enumerate(LAYERS) for app in re.findall(r"\w+", layer)}
OURS = [config for config in apps.get_app_configs() if config.name.startswith("callcare.")]
each_app = pytest.mark.parametrize("config", OURS, ids=lambda config: config.label)


def strays(app: str, other: str) -> bool:
    """True when `app` leans on a floor above, or on its twin across the landing."""
    return app != other and app in FLOOR and other in FLOOR and FLOOR[other] >= FLOOR[app]


def test_the_twins_do_not_lean_on_each_other():
    assert strays("needs", "commitments")
    assert strays("desk", "needs")
    assert not strays("needs", "desk")


@each_app
def test_foreign_keys_point_down(config):
    for model in config.get_models():
        for field in model._meta.get_fields(include_hidden=False):
            if field.is_relation and not field.auto_created and field.related_model:
                target = field.related_model._meta
                assert not strays(config.label, target.app_label), f"{model.__name__}.{field.name} → {target.label}"


def leans(text: str) -> list[str]:
    """The apps a text names: templates it includes or extends, URL names it points to."""
    templates = re.findall(r'{%\s*(?:include|extends)\s+"(\w+)/', text)
    links = re.findall(r"""{%\s*url\s+["'](\w+):""", text)
    redirects = re.findall(r"""(?:redirect|reverse|reverse_lazy)\(\s*["'](\w+):""", text)
    rendered = re.findall(r"""(?:render|render_to_string|get_template)\([^"')]*["'](\w+)/""", text)
    return templates + links + redirects + rendered


@each_app
def test_templates_and_url_names_point_down(config):
    home = Path(config.path)
    for path in [*home.glob("templates/**/*.*"), *home.glob("**/*.py")]:
        found = {app for app in leans(path.read_text()) if strays(config.label, app)}
        assert found == set(), f"{path.relative_to(HOUSE)} leans on {found}"


def test_a_planted_link_is_seen():
    planted = '{% extends "ui/layout.html" %}{% url "report:review" %} redirect("needs:page", ref)'
    assert [app for app in leans(planted) if strays("desk", app)] == ["report", "needs"]


@pytest.mark.django_db
def test_migrations_depend_downwards():
    for (label, name), migration in MigrationLoader(None).disk_migrations.items():
        for needed, _ in migration.dependencies:
            assert not strays(label, needed), f"{label}.{name} → {needed}"


# `requests` is the one lower room that may see a request: from a request to a person.
UPPER = {"views", "api", "admin", "forms", "urls", "apps"}
LOWER = {"actions", "jobs", "signals", "mails", "permissions", "figures", "models", "rules", "enums"}
WEB = re.compile(r"^\s*(?:from|import) (?:django\.(?:http|shortcuts|contrib\.messages)|ninja)", re.MULTILINE)


@pytest.mark.parametrize("path", sorted(HOUSE.glob("*/**/*.py")), ids=lambda path: str(path.relative_to(HOUSE)))
def test_only_the_upper_rooms_see_a_request(path):
    rooms = {part.removesuffix(".py") for part in path.relative_to(HOUSE).parts[1:]}
    assert not rooms & LOWER or not WEB.search(path.read_text())


@each_app
def test_an_app_has_no_room_without_a_name(config):
    forbidden = {"utils", "helpers", "services", "managers", "misc", "common"}
    assert not forbidden & {path.stem for path in Path(config.path).glob("**/*.py")}
