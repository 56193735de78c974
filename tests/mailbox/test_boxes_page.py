"""The page « Boîtes aux lettres »: an administrator connects, an operator understands."""

from datetime import timedelta

import pytest
from django.urls import reverse

from callcare.core import clock
from callcare.core.deeds import Refused
from callcare.mailbox import actions
from callcare.mailbox.box_states import in_trouble, states
from callcare.mailbox.enums import Security
from callcare.mailbox.models import Mailbox
from tests import cast
from tests.mailbox.stage import box, bring, written

pytestmark = pytest.mark.django_db
LINE = {
    "host": "imap.test", "security": "tls", "port": 993, "login": "contact", "password": "un-secret",
    "folder": "INBOX", "treated": "",
}  # fmt: skip


def test_an_administrator_connects_a_box(client):
    client.force_login(cast.ada())
    desk = cast.lille_desk()
    answer = client.post(
        reverse("mailbox:box-new"), {**LINE, "desk": desk.pk, "address": "Contact@call-care.test"}, follow=True
    )
    this = Mailbox.objects.get()
    assert (this.address, this.desk, this.password) == ("contact@call-care.test", desk, "un-secret")
    assert "un-secret" not in answer.text
    assert b"un-secret" not in bytes(this.sealed)


def test_a_password_left_empty_stays(client):
    client.force_login(cast.ada())
    this = box()
    client.post(reverse("mailbox:box", args=[this.address]), {**LINE, "password": "", "is_enabled": "on"})
    kept = Mailbox.objects.get()
    assert (kept.host, kept.password) == ("imap.test", "secret")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"security": "none"}, "passerait en clair"),
        ({"security": "starttls"}, "parle TLS dès le début"),
        ({"treated": "INBOX"}, "autre dossier"),
        ({"port": "99999"}, "65535"),
        ({"is_enabled": ""}, "Dites pourquoi"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(client, wrong, said):
    client.force_login(cast.ada())
    address = box().address
    answer = client.post(reverse("mailbox:box", args=[address]), {**LINE, "is_enabled": "on", **wrong})
    assert answer.status_code == 422
    assert said in answer.text


def test_nothing_in_clear_beyond_this_machine():
    with pytest.raises(Refused, match="en clair"):
        box(host="imap.test", security=Security.NONE)
    assert box(security=Security.NONE).host == "127.0.0.1"


def test_an_operator_sees_her_box_and_settles_nothing(client):
    client.force_login(cast.marion())
    here = box()
    bring(written())
    actions.note_trouble(here, "Le serveur refuse l’identifiant ou le mot de passe.")
    page = client.get(reverse("mailbox:boxes"))
    assert "refuse l’identifiant" in page.text
    assert "rien n’est perdu" in page.text
    assert "À lire : 1" in page.text
    assert "Régler" not in page.text
    assert client.get(reverse("mailbox:box", args=[here.address])).status_code == 403


def test_a_box_that_does_not_speak_is_said_where_mails_are_listed(client):
    client.force_login(cast.marion())
    here = box()
    actions.note_contact(here)
    page = client.get(reverse("mailbox:mails")).text
    assert "Tout est traité" in page
    assert "peuvent manquer" not in page
    actions.note_trouble(here, "Le serveur refuse l’identifiant ou le mot de passe.")
    page = client.get(reverse("mailbox:mails")).text
    assert "contact@call-care.test ne se relève plus depuis" in page
    assert "refuse l’identifiant" in page
    assert "Tout est traité" not in page  # nobody knows


def test_an_address_no_page_could_name_is_refused(client):
    client.force_login(cast.ada())
    answer = client.post(
        reverse("mailbox:box-new"), {**LINE, "desk": cast.lille_desk().pk, "address": "a/b@call-care.test"}
    )
    assert (answer.status_code, Mailbox.objects.count()) == (422, 0)
    assert "« / »" in answer.text


def test_another_desk_sees_no_box(client):
    client.force_login(cast.samir())
    address = box().address
    assert address not in client.get(reverse("mailbox:boxes")).text


def test_the_trial_says_what_fails(client):
    client.force_login(cast.ada())
    this = box(port=1, security=Security.NONE)
    page = client.post(reverse("mailbox:box-trial", args=[this.address]), follow=True)
    assert "refuse la connexion sur le port 1" in page.text


def test_silence_is_an_alarm_in_open_hours_only():
    this, marion = box(), cast.marion()
    actions.note_contact(this)
    heard = Mailbox.objects.get().heard_at
    assert in_trouble(marion) == []
    monday = heard + timedelta(days=(7 - heard.weekday()) % 7 + 7)
    with clock.at(monday.replace(hour=10, minute=0)):
        assert [one.label for one in in_trouble(marion)] == ["ne répond plus"]
    with clock.at(monday.replace(hour=2, minute=0)):
        assert in_trouble(marion) == []


def test_a_contact_clears_the_trouble_and_its_date_stays_the_first():
    this = box()
    actions.note_trouble(this, "Un.")
    first = Mailbox.objects.get().trouble_at
    actions.note_trouble(this, "Deux.")
    again = Mailbox.objects.get()
    assert (again.trouble, again.trouble_at) == ("Deux.", first)
    actions.note_contact(this)
    assert (Mailbox.objects.get().trouble, Mailbox.objects.get().trouble_at) == ("", None)


def test_a_box_just_connected_is_connecting_and_nothing_is_to_do_yet(client):
    client.force_login(cast.marion())
    this = box()
    with clock.at(this.connected_at + timedelta(seconds=59)):
        page = client.get(reverse("mailbox:boxes")).text
        assert "connexion en cours" in page
        assert "doctor" not in page
    with clock.at(this.connected_at + timedelta(seconds=61)):
        page = client.get(reverse("mailbox:boxes")).text
        assert "pas encore relevée" in page
        assert "doctor" in page
    with clock.at(this.connected_at + timedelta(seconds=30)):
        actions.note_contact(this)
        assert "en service" in client.get(reverse("mailbox:boxes")).text


def test_a_box_put_back_in_service_is_given_its_minute_too():
    this = box()
    actions.note_contact(this)
    line = {name: getattr(this, name) for name in ("host", "port", "security", "login", "folder", "treated")}
    later = this.connected_at + timedelta(days=3)
    with clock.at(later):
        actions.set_mailbox(this, by=cast.ada(), password="", is_enabled=False, because="congés", **line)
        actions.set_mailbox(this, by=cast.ada(), password="", is_enabled=True, **line)
        [state] = states(Mailbox.objects.select_related("desk"))
        assert (state.label, state.is_silent) == ("connexion en cours", False)
    with clock.at(later + timedelta(minutes=2)):
        [state] = states(Mailbox.objects.select_related("desk"))
        assert state.label != "connexion en cours"
