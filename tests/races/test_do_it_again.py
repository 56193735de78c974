"""What chance alone undid is done again: two deeds that wait for each other, a reference that another row bears."""

import threading

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from callcare.core import again, refs
from callcare.desk.models import Interaction
from callcare.territories.models import Territory
from tests import cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
MEETING = threading.Barrier(2)
ASKED: list[str] = []


@login_not_required
def crossing(request: HttpRequest, first: str, then: str) -> HttpResponse:
    """Holds one commune and asks for the other; the first time, when somebody else holds that one already."""
    is_first = not any(asked == first for asked in ASKED)
    ASKED.append(first)
    with transaction.atomic():
        held = Territory.objects.select_for_update().get(code=first)
        if is_first:
            MEETING.wait(20)
        other = Territory.objects.select_for_update().get(code=then)
        Territory.objects.filter(pk__in=[held.pk, other.pk]).update(population=F("population") + 1)
    return HttpResponse("fait")


urlpatterns = [path("<slug:first>/<slug:then>/", crossing)]


@pytest.fixture
def crossed(settings):
    """Both requests at once: their statuses."""
    settings.ROOT_URLCONF = __name__
    one, other = cast.lille().code, cast.amiens().code
    Territory.objects.update(population=0)

    def go() -> list[int]:
        ASKED.clear()
        MEETING.reset()
        statuses: list[int] = []

        def ask(way: str) -> None:
            statuses.append(Client(raise_request_exception=False).get(way).status_code)
            connection.close()

        threads = [threading.Thread(target=ask, args=[way]) for way in (f"/{one}/{other}/", f"/{other}/{one}/")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return sorted(statuses)

    return go


def test_both_are_done_and_each_once(crossed):
    assert crossed() == [200, 200]
    assert len(ASKED) >= 3  # one of them was asked again
    assert sum(Territory.objects.communes().values_list("population", flat=True)) == 4


def test_without_it_one_of_them_is_an_error(crossed, monkeypatch):
    monkeypatch.setattr(again, "is_by_chance", lambda error: False)
    assert crossed() == [200, 500]


def test_a_reference_that_is_taken_is_drawn_again(client, monkeypatch):
    """Three references for three contacts: each but the first draws one that is taken, and draws again."""
    monkeypatch.setattr(again, "PAUSE", 0.0)
    drawn = iter(["C-0000-000", "C-0000-000", "C-0000-018", "C-0000-018", "C-0000-000", "C-0000-026"])
    monkeypatch.setattr(refs, "new", lambda letter: next(drawn))
    client.force_login(cast.marion())
    cast.lille_desk()
    statuses = [client.post(reverse("desk:start"), {"channel": "phone"}).status_code for _ in range(3)]
    assert statuses == [302, 302, 302]
    assert Interaction.objects.count() == 3
