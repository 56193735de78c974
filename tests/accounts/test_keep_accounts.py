"""Administrators open, change and close accounts; a closed account loses its sessions in the same deed."""

from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.urls import reverse

from callcare.accounts import actions
from callcare.accounts.enums import Role
from callcare.accounts.models import User
from callcare.core.deeds import Refused
from tests import cast
from tests.accounts.test_sign_in import PHRASE, enter

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(client):
    user = cast.ada()
    client.force_login(user)
    return user


def test_an_account_is_opened_on_a_page(client, ada):
    facts = {"email": "Lea@call-care.test", "name": "Léa", "roles": ["operator"]}
    answer = client.post(reverse("accounts:invitation"), facts)
    lea = User.objects.get(email="lea@call-care.test")
    assert answer.url == reverse("accounts:page", args=[lea.ref])
    assert "a ouvert le compte" in client.get(answer.url).content.decode()
    assert "Léa" in client.get(reverse("accounts:list")).content.decode()
    again = client.post(reverse("accounts:invitation"), facts)
    assert again.status_code == 422
    assert "Un compte existe déjà à cette adresse." in again.content.decode()


def test_an_account_is_opened_from_the_command_line():
    said = StringIO()
    call_command("invite", "luc@call-care.test", "steward", stdout=said)
    assert "Compte ouvert pour Luc (pilote du collectif)" in said.getvalue()
    with pytest.raises(CommandError, match="existe déjà"):
        call_command("invite", "luc@call-care.test", "steward")
    with pytest.raises(CommandError, match="adresse"):
        call_command("invite", "pas une adresse", "steward")


def test_an_operator_opens_no_account():
    with pytest.raises(Refused):
        actions.invite(email="x@call-care.test", name="X", roles=[Role.ADMIN], by=cast.marion())
    assert not User.objects.filter(email="x@call-care.test").exists()


def test_closing_an_account_ends_its_sessions(client, ada):
    marion, browser = cast.marion(), type(client)()
    marion.set_password(PHRASE)
    marion.save(update_fields=["password"])
    enter(browser)
    assert browser.get(reverse("accounts:account")).status_code == 200
    answer = client.post(reverse("accounts:closure", args=[marion.ref]), {"because": ""})
    assert answer.status_code == 422
    client.post(reverse("accounts:closure", args=[marion.ref]), {"because": "elle part"})
    assert browser.get(reverse("accounts:account")).status_code == 302
    assert Session.objects.count() == 1  # Ada's own
    assert "elle part" in client.get(reverse("accounts:page", args=[marion.ref])).content.decode()
    client.post(reverse("accounts:reopening", args=[marion.ref]))
    assert User.objects.get(pk=marion.pk).is_active


def test_a_change_of_roles_asks_for_a_new_login(client, ada):
    marion = cast.marion()
    client.post(reverse("accounts:roles", args=[marion.ref]), {"roles": ["steward"]})
    assert User.objects.get(pk=marion.pk).roles == ["steward"]
    nothing = client.post(reverse("accounts:roles", args=[marion.ref]), {})
    assert nothing.status_code == 422
    assert "Cochez au moins un rôle." in nothing.content.decode()


def test_the_last_administrator_stays(client, ada):
    answer = client.post(reverse("accounts:roles", args=[ada.ref]), {"roles": ["steward"]})
    assert "dernier compte d’administration" in answer.content.decode()
    with pytest.raises(Refused, match="son propre compte"):
        actions.close_account(ada, by=ada, because="au revoir")


def test_she_settles_her_own_account(client):
    marion = cast.marion()
    client.force_login(marion)
    client.post(reverse("accounts:account"), {"display_name": "Marion L."})
    marion = User.objects.get(pk=marion.pk)
    assert (marion.display_name, marion.shortcuts) == ("Marion L.", False)
    assert 'data-shortcuts="off"' in client.get(reverse("accounts:account")).content.decode()
    with pytest.raises(Refused):
        actions.settle(marion, name="M", shortcuts=True, by=cast.nathalie())


def test_she_closes_her_other_sessions(client):
    marion, other = cast.marion(), type(client)()
    marion.set_password(PHRASE)
    marion.save(update_fields=["password"])
    enter(client)
    enter(other)
    page = client.get(reverse("accounts:sessions")).content.decode()
    assert "Fermer partout ailleurs" in page
    client.post(reverse("accounts:session-closure"), {"which": "n’importe quoi"})
    assert other.get(reverse("accounts:account")).status_code == 200
    client.post(reverse("accounts:session-closure"), {"which": "all"})
    assert other.get(reverse("accounts:account")).status_code == 302
    assert client.get(reverse("accounts:account")).status_code == 200
