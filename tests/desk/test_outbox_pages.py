"""« Courriers »: a letter that could not leave is seen, understood and sent again."""

import pytest
from django.urls import reverse

from callcare.core.deeds import deed
from callcare.desk import actions, jobs
from callcare.desk.enums import MailState
from callcare.desk.models import OutgoingMail
from tests import cast, sink
from tests.queries import same_number_of_queries

pytestmark = pytest.mark.django_db


def written(key: str = "a", body: str = "Bonjour.", to: str = "claire@canal.test") -> OutgoingMail:
    with deed(cast.CastVerb.ENTERS, by=None):
        return actions.queue_letter(desk=cast.lille_desk(), key=key, to=to, subject="Mise en relation", body=body)


@pytest.fixture
def marion(client):
    client.force_login(cast.marion())
    return client


def test_failed_then_understood_then_sent_again(marion):
    letter = written(to="parti@canal.test")
    with sink.listening() as box:
        box.refuses.add("parti@canal.test")
        jobs.deliver_letters()
        page = marion.get(reverse("desk:letters"), {"etat": "failed"}).content.decode()
        assert "L’adresse est refusée par le serveur du destinataire" in page
        box.refuses.clear()
        marion.post(reverse("desk:resend", args=[letter.ref]))
        jobs.deliver_letters()
    assert OutgoingMail.objects.get().state == MailState.SENT
    assert len(box.letters) == 1


def test_the_exact_text_is_shown_but_not_the_key_of_a_personal_link(marion):
    letter = written(body="Voici :\n\n    https://x.test/mises-en-relation/reponse/SECRET123/\n")
    text = marion.get(reverse("desk:letter", args=[letter.ref])).content.decode()
    assert "Voici :" in text
    assert "SECRET123" not in text


def test_another_desk_finds_no_letter(client):
    letter = written()
    client.force_login(cast.amelie())
    assert "Mise en relation" not in client.get(reverse("desk:letters")).content.decode().split("<main")[1]
    assert client.get(reverse("desk:letter", args=[letter.ref])).status_code == 404
    assert client.post(reverse("desk:resend", args=[letter.ref])).status_code == 404


def test_the_list_costs_the_same_for_one_and_for_many(marion):
    written()
    url = reverse("desk:letters")
    marion.get(url)
    with same_number_of_queries() as measure:
        assert measure(lambda: marion.get(url)) <= 12
        for number in range(5):
            written(f"n{number}")
        measure(lambda: marion.get(url))
