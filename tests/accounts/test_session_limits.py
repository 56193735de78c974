"""How long one stays signed in: an hour without a page, twelve hours in all; then back to where one was."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse

from callcare.core import clock
from tests import cast
from tests.accounts.test_sign_in import PHRASE

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    client.force_login(cast.marion())
    return client


def after(client, *, minutes, address=None, **headers):
    with clock.at(clock.now() + timedelta(minutes=minutes)):
        return client.get(address or reverse("accounts:account"), headers=headers)


def test_an_hour_is_not_too_long(signed_in):
    assert after(signed_in, minutes=59).status_code == 200


def test_after_an_hour_without_a_page_she_signs_in_again_and_comes_back(signed_in):
    address = reverse("accounts:account") + "?q=é"
    answer = after(signed_in, minutes=61, address=address)
    assert answer.status_code == 302
    words = parse_qs(urlsplit(answer.url).query)
    assert words["fin"] == ["pause"]
    assert urlsplit(words["next"][0]).path == reverse("accounts:account")
    page = signed_in.get(answer.url).content.decode()
    assert "une heure a passé sans activité" in page
    marion = cast.marion()
    marion.set_password(PHRASE)
    marion.save(update_fields=["password"])
    facts = {"login": marion.email, "password": PHRASE, "next": words["next"][0]}
    assert signed_in.post(reverse("account_login"), facts).url == words["next"][0]


def test_the_session_is_gone_from_the_house_too(signed_in):
    key = signed_in.session.session_key
    after(signed_in, minutes=61)
    assert not Session.objects.filter(session_key=key).exists()
    assert signed_in.get(reverse("accounts:account")).status_code == 302


def test_the_page_knows_the_limit_and_warns_before(signed_in):
    assert 'data-idle="3600"' in signed_in.get(reverse("accounts:account")).content.decode()
    assert "data-idle" not in signed_in.get(after(signed_in, minutes=61).url).content.decode()


def test_the_word_that_typing_goes_on_counts_as_a_page(signed_in):
    with clock.at(clock.now() + timedelta(minutes=50)):
        signed_in.head(reverse("accounts:account"))
    assert after(signed_in, minutes=100).status_code == 200


def test_each_page_starts_the_hour_anew(signed_in):
    for minutes in range(50, 400, 50):
        assert after(signed_in, minutes=minutes).status_code == 200, minutes


def test_twelve_hours_are_the_end_even_of_a_busy_day(signed_in):
    for minutes in range(30, 12 * 60, 30):
        assert after(signed_in, minutes=minutes).status_code == 200, minutes
    answer = after(signed_in, minutes=12 * 60 + 1)
    assert answer.status_code == 302
    assert "fin=duree" in answer.url
    assert "douze heures" in signed_in.get(answer.url).content.decode()


def test_a_fragment_takes_the_whole_page_to_the_door(signed_in):
    answer = after(signed_in, minutes=61, **{"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith(reverse("account_login"))


def test_a_session_that_never_noted_its_beginning_is_over(signed_in):
    session = signed_in.session
    del session["began"], session["seen"]
    session.save()
    assert signed_in.get(reverse("accounts:account")).status_code == 302


def test_without_the_limits_she_would_still_be_in(signed_in, settings):
    """The negative control: it is this middleware that signs her out."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "SessionLimits" not in name]
    assert after(signed_in, minutes=61).status_code == 200


def test_signing_in_gives_a_new_key(client):
    marion = cast.marion()
    marion.set_password(PHRASE)
    marion.save(update_fields=["password"])
    client.get(reverse("account_login"))
    session = client.session
    session["before"] = "x"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    before = session.session_key
    client.post(reverse("account_login"), {"login": marion.email, "password": PHRASE})
    assert client.session.session_key not in {None, before}


def test_a_page_read_twice_in_a_minute_writes_nothing(signed_in):
    signed_in.get(reverse("accounts:account"))
    before = Session.objects.get().session_data
    signed_in.get(reverse("accounts:account"))
    assert Session.objects.get().session_data == before


def test_a_screen_left_alone_does_not_stay_signed_in_by_what_it_asks_itself(signed_in):
    cast.lille_desk()
    begun = clock.now()
    for minutes in (20, 40, 58):
        with clock.at(begun + timedelta(minutes=minutes)):
            assert signed_in.get(reverse("calls:present")).status_code == 200
    with clock.at(begun + timedelta(minutes=61)):
        assert signed_in.get(reverse("calls:present")).status_code == 302
