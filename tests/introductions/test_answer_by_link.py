"""A side without an account answers on its personal page: reading changes nothing, answering counts once."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from callcare.core import clock
from callcare.core.models import Link
from callcare.desk.models import OutgoingMail
from callcare.introductions import actions
from callcare.introductions.enums import IntroductionState as S
from callcare.introductions.models import Introduction
from tests import cast
from tests.introductions import stage

pytestmark = pytest.mark.django_db


def asked(side: str = "giver", introduction: Introduction | None = None) -> str:
    """The address in the letter."""
    it = introduction or stage.proposed()
    letter = actions.ask_by_link(it, side=side, by=cast.marion())
    return re.search(r"/mises-en-relation/reponse/\S+", letter.body)[0]


@pytest.fixture
def later():
    return cast.reason("later", "plus tard", "decline", is_final=False)


def test_the_page_says_what_without_saying_who(client: Client, later):
    url = asked()
    page = client.get(url)
    text = page.content.decode()
    assert "12 ordinateurs portables" in text
    assert "Roubaix" in text
    assert "association" in text
    assert "Pour que des lycéens suivent leurs cours" in text
    for secret in ("Atelier du Canal", "Delattre", "Claire", "03 53 01 12 01", "claire@", "Hugo", "Vasseur", "hugo@"):
        assert secret not in text
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"


def test_a_hundred_readings_leave_it_open(client: Client):
    url = asked()
    for _ in range(50):
        client.get(url)
        client.head(url)
    assert Link.objects.get().used_at is None
    assert client.post(url, {"answer": "yes", "gives": ["name", "phone"]}).status_code == 302
    assert Introduction.objects.get().giver_consent.details == {"name", "phone"}


def test_it_works_without_an_account_and_the_browsers_own_guard_on(later):
    client = Client(enforce_csrf_checks=True)
    url = asked()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(url).content.decode())[1]
    answer = client.post(url, {"answer": "yes", "gives": ["email"], "csrfmiddlewaretoken": token})
    assert answer.status_code == 302


def test_the_second_answer_is_told_it_comes_second(client: Client):
    url = asked()
    client.post(url, {"answer": "yes", "gives": ["name"]})
    again = client.post(url, {"answer": "no"})
    assert again.status_code == 409
    assert "Vous avez déjà répondu" in again.content.decode()
    assert Introduction.objects.get().state == S.PROPOSED


def test_when_both_say_yes_they_are_introduced_by_the_house(client: Client):
    introduction = stage.proposed()
    urls = [asked(side, introduction) for side in ("asker", "giver")]
    for url in urls:
        page = client.post(url, {"answer": "yes", "gives": ["name", "phone", "email"]}, follow=True)
    assert "un courrier vient de partir à chacun" in page.content.decode()
    introduction.refresh_from_db()
    assert introduction.state == S.SENT
    assert OutgoingMail.objects.filter(key__startswith="introduced:").count() == 2
    assert {consent.basis for consent in stage.consents()} == {"link"}


def test_a_no_closes_it_with_its_reason(client: Client, later):
    page = client.post(asked(), {"answer": "no", "reason": later.pk, "because": "rentrée"}, follow=True)
    assert "ne se fera pas" in page.content.decode()
    introduction = Introduction.objects.get()
    assert (introduction.state, introduction.declined_by, introduction.reason) == (S.DECLINED, "giver", later)


@pytest.mark.parametrize(
    "answer", [{}, {"answer": "yes"}, {"answer": "no", "because": "gardé"}, {"answer": "no", "reason": "x"}]
)
def test_an_incomplete_answer_is_asked_again_and_keeps_what_was_typed(client: Client, later, answer):
    page = client.post(asked(), answer)
    assert page.status_code == 422
    assert "<title>Erreur : " in page.content.decode()
    assert answer.get("because", "") in page.content.decode()
    assert Link.objects.get().used_at is None


def test_a_lapsed_link_says_what_to_do(client: Client):
    url = asked()
    with clock.at(clock.now() + timedelta(days=31)):
        page = client.get(url)
    assert page.status_code == 410
    assert "Appelez le guichet" in page.content.decode()


def test_a_new_letter_closes_the_link_of_the_one_before(client: Client):
    introduction = stage.proposed()
    first, second = asked("giver", introduction), asked("giver", introduction)
    assert client.get(first).status_code == 410
    assert client.get(second).status_code == 200


def test_an_invented_token_opens_nothing(client: Client):
    asked()
    assert client.get(reverse("introductions:answer", args=["x" * 32])).status_code == 404


def test_a_proposal_that_is_over_says_so(client: Client):
    introduction = stage.proposed()
    url = asked("giver", introduction)
    actions.cancel(introduction, by=cast.marion(), because="le besoin est servi")
    assert "plus d’actualité" in client.get(url).content.decode()
    assert client.post(url, {"answer": "yes", "gives": ["name"]}).status_code == 409


def test_only_details_we_know_are_asked_for(client: Client):
    hugo = cast.hugo()
    with cast.deed(cast.CastVerb.ENTERS, by=None):
        hugo.channels.filter(kind="phone").delete()
    url = asked()
    assert "votre téléphone" not in client.get(url).content.decode()
    assert client.post(url, {"answer": "yes", "gives": ["phone"]}).status_code == 422
