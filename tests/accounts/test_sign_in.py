"""Coming in: by passphrase, by a code sent to one's address; never by opening an account oneself."""

import re

import pytest
from django.core import mail
from django.urls import NoReverseMatch, reverse

from callcare.accounts.models import User
from tests import cast

pytestmark = pytest.mark.django_db
PHRASE = "girafe lampe mardi ruban"


@pytest.fixture
def marion():
    user = cast.marion()
    user.set_password(PHRASE)
    user.save(update_fields=["password"])
    return user


def enter(client, **facts):
    return client.post(reverse("account_login"), {"login": "marion@call-care.test", "password": PHRASE} | facts)


def test_she_enters_with_her_passphrase(client, marion):
    assert enter(client).url == "/"
    assert client.get("/", follow=True).status_code in (200, 404)


def test_a_wrong_passphrase_is_answered_beside_the_field_and_keeps_the_address(client, marion):
    answer = enter(client, password="autre chose de long")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "ne vont pas ensemble" in page
    assert 'value="marion@call-care.test"' in page
    assert "<title>Erreur : Entrer" in page


def test_she_enters_with_a_code_from_her_mailbox(client, marion):
    answer = client.post(reverse("account_request_login_code"), {"email": "marion@call-care.test"})
    assert answer.url == reverse("account_confirm_login_code")
    [letter] = mail.outbox
    assert letter.subject == "Votre code pour entrer au guichet"
    code = re.search(r"^ {4}(\S+)$", letter.body, re.MULTILINE)[1]
    assert client.get(answer.url).status_code == 200
    assert client.post(answer.url, {"code": "FAUX00", "action": "verify"}).status_code == 422
    assert client.post(answer.url, {"code": code, "action": "verify"}).url == "/"
    assert client.get(reverse("accounts:account")).status_code == 200


def test_an_unknown_address_learns_nothing_and_gets_nothing(client, db):
    answer = client.post(reverse("account_request_login_code"), {"email": "personne@nulle-part.test"})
    assert answer.url == reverse("account_confirm_login_code")
    assert mail.outbox == []


def test_nobody_opens_an_account_by_herself():
    for name in ("account_signup", "account_reset_password", "account_email"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_leaving_is_a_post(client, marion):
    client.force_login(marion)
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.post(reverse("account_logout")).url == reverse("account_login")
    assert client.get(reverse("accounts:account")).status_code == 302


def test_she_changes_her_passphrase(client, marion):
    client.force_login(marion)
    url, new = reverse("account_change_password"), "ruban mardi lampe girafe"
    short = {"oldpassword": PHRASE, "password1": "court", "password2": "court"}
    assert client.post(url, short).status_code == 422
    answer = client.post(url, {"oldpassword": PHRASE, "password1": new, "password2": new})
    assert answer.url == reverse("accounts:account")
    assert User.objects.get(pk=marion.pk).check_password(new)


def test_pages_behind_the_login_stay_in_no_cache(client, marion):
    client.force_login(marion)
    assert "no-store" in client.get(reverse("accounts:account"))["Cache-Control"]


def test_many_wrong_phrases_must_wait(client, marion):
    for _ in range(5):
        enter(client, password="autre chose de long")
    assert "Trop d’essais" in enter(client).content.decode()
