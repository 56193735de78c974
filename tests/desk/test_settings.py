import pytest
from django.urls import reverse

from callcare.desk.models import Closure, Desk
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    client.force_login(cast.ada())


def test_a_desk_is_opened(client, ada):
    marion = cast.marion()
    facts = {"name": "Guichet de Lens", "numbers": "03 53 01 02 00", "mailboxes": "lens@call-care.test"}
    client.post(reverse("desk:desk-new"), facts | {"operators": marion.pk})
    desk = Desk.objects.get(slug="guichet-de-lens")
    assert (desk.numbers, desk.hours.count(), list(desk.operators.all())) == (["+33353010200"], 5, [marion])


def test_two_desks_do_not_share_a_name(client, ada):
    cast.lille_desk()
    answer = client.post(reverse("desk:desk-new"), {"name": "guichet de lille"})
    assert answer.status_code == 422
    assert "porte déjà ce nom" in answer.content.decode()


def test_hours_are_typed_as_people_write_them(client, ada):
    desk = cast.lille_desk()
    url = reverse("desk:hours", args=["lille"])
    client.post(url, {"day_0": "9h-12h30, 13:30 - 18h", "day_5": "10-12"})
    said = [str(line) for line in desk.hours.order_by("weekday", "opens")]
    assert said == ["0 09:00-12:30", "0 13:30-18:00", "5 10:00-12:00"]
    for wrong in ("18-9", "9h-25h", "matin", "9-12, 11-14"):
        assert client.post(url, {"day_0": wrong}).status_code == 422
    assert desk.hours.count() == 3


def test_a_closure_is_added_and_removed(client, ada):
    cast.lille_desk()
    url = reverse("desk:closure", args=["lille"])
    client.post(url, {"first_on": "2026-12-24", "last_on": "2026-12-31", "label": "Fêtes"})
    closure = Closure.objects.get()
    assert client.post(url, {"first_on": "2026-12-31", "last_on": "2026-12-24", "label": "x"}).status_code == 422
    client.post(url, {"retirer": closure.pk})
    assert not Closure.objects.exists()


def test_an_operator_of_two_desks_chooses_where_she_works(client):
    marion = cast.marion()
    with cast.deed(cast.CastVerb.ENTERS, by=None):
        cast.amiens_desk().operators.add(marion)
    client.force_login(marion)
    client.post(reverse("desk:choose"), {"guichet": "lille"})
    assert "Guichet de Lille</h1>" in client.get(reverse("desk:console")).content.decode()
    client.post(reverse("desk:choose"), {"guichet": "ailleurs"})
    client.post(reverse("desk:choose"), {"guichet": "amiens"})
    assert "Guichet d’Amiens</h1>" in client.get(reverse("desk:console")).content.decode()
