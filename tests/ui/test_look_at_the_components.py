"""The gallery shows every component; menu and panels are filled by the floors above."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse

from callcare.accounts.enums import Role
from callcare.accounts.models import User
from callcare.core import clock
from callcare.ui import menu, panels
from tests import cast

UI = Path(__file__).resolve().parents[2] / "src/callcare/ui"
marion = User(pk=1, email="marion@call-care.test", display_name="Marion", roles=[Role.OPERATOR])


def page(text, user=marion, **facts):
    request = RequestFactory().get("/style/", {"q": "salle", "page": "2"})
    return Template(text).render(Context({"request": request, "user": user, **facts}))


def test_strangers_may_look(client):
    assert client.get(reverse("ui:style")).status_code == 200


def test_every_component_has_its_place_in_the_gallery():
    gallery = (UI / "templates/ui/style.html").read_text()
    tags = "".join(path.read_text() for path in (UI / "templatetags").glob("*.py"))
    components = re.findall(r'inclusion_tag\("ui/\w+.html"\)\ndef (\w+)|simple_block_tag\ndef (\w+)', tags)
    missing = {a or b for a, b in components if f"{{% {a or b} " not in gallery and f"ui/{a or b}.html" not in gallery}
    assert missing == set()


@pytest.fixture
def own_menu(monkeypatch):
    monkeypatch.setattr(menu, "_offered", {})
    monkeypatch.setattr(panels, "_offered", {})


def test_the_menu_shows_to_each_what_is_hers(own_menu):
    menu.offer(label="Composants", url_name="ui:style", order=2, roles=(Role.OPERATOR,))
    assert 'aria-current="page"><span>Composants' in page("{% menu %}")
    stephane = User(pk=2, display_name="Stéphane", roles=[Role.STEWARD])
    assert "Composants" not in page("{% menu %}", user=stephane)


@pytest.mark.django_db
def test_all_badges_cost_one_query(own_menu, django_assert_num_queries):
    cast.marion()
    cast.lille_desk()
    menu.offer(label="Comptes", url_name="ui:style", order=1, badge=lambda user: User.objects.all())
    menu.offer(label="Rien", url_name="ui:other", order=2, badge=lambda user: User.objects.filter(pk=0))
    menu.offer(label="Sept", url_name="ui:seven", order=3, badge=lambda user: 7)
    with django_assert_num_queries(1):
        assert menu.counts(menu.entries(), marion) == {"ui:style": 1, "ui:other": 0, "ui:seven": 7}


def test_a_panel_is_a_link_until_it_is_loaded(own_menu):
    panels.offer("gallery", "ui:style", title="Mises en relation", order=2, roles=(Role.OPERATOR,))
    assert [panel.title for panel in panels.offered("gallery")] == ["Mises en relation"]
    assert panels.offered("elsewhere") == []
    assert panels.places() == {"gallery"}


@pytest.mark.django_db
def test_the_timeline_tells_who_and_what_changed(django_assert_max_num_queries):
    need = cast.need()
    with django_assert_max_num_queries(2):
        told = page("{% timeline need %}", need=need)
    assert "Le guichet</b> entre en scène" in told


def test_quantities_read_as_french():
    half_days = {"measure": "minute", "unit": {"label": "demi-journée", "plural": "demi-journées", "factor": 210}}
    euro = {"unit": {"label": "euro", "plural": "euros", "factor": 100}}
    said = page("{{ line|qty:450 }} / {{ line|qty:30 }}", line=_Facts(half_days))
    assert said == "2 demi-journées et 30\u00a0min / 30\u00a0min"
    assert page("{{ line|qty:300000 }}", line=_Facts({"measure": "cent"} | euro)) == "3\u202f000\u00a0€"
    assert (
        page("{{ line|qty:line.nothing }}", line=_Facts({"measure": "piece", "nothing": None})) == "selon les besoins"
    )


class _Facts:
    """A line with just what `qty` reads."""

    def __init__(self, facts):
        for name, value in facts.items():
            setattr(self, name, _Facts(value) if isinstance(value, dict) else value)


def test_days_and_hours_are_those_of_paris():
    at = datetime(2021, 7, 14, 22, 30, tzinfo=UTC)
    with clock.at(at):
        assert page("{{ at|moment }}", at=at) == "jeudi 15 juillet à 0\u00a0h\u00a030"
