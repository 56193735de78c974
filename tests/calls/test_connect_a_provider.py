"""The page « Téléphonie »: open a trunk, copy its address, try it, watch what arrives, change its secret."""

import re

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from callcare.calls import actions
from callcare.calls.models import Call, Extension, InboundEvent, Refusal, Trunk
from callcare.calls.rules.adapters import ADAPTERS
from callcare.calls.rules.requests import Request
from callcare.core import clock
from callcare.core.deeds import Refused
from callcare.core.sealed import Unopened, seal, unseal
from callcare.desk.models import Interaction
from tests import cast
from tests.calls import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client):
    client.force_login(cast.ada())
    return client


def opened(ada, provider="generic", name="Ligne de Lille"):
    desk = cast.lille_desk().pk
    return ada.post("/guichet/telephone/raccordements/nouveau/", {"desk": desk, "provider": provider, "name": name})


def test_the_address_is_shown_once_and_opens_the_door(ada):
    page = opened(ada).content.decode()
    [secret] = re.findall(r"/cti/ligne-de-lille/([\w-]{43})", page)
    trunk = Trunk.objects.get()
    assert trunk.opens_with(secret, at=clock.now())
    assert not trunk.opens_with("", at=clock.now())
    again = ada.get("/guichet/telephone/raccordements/ligne-de-lille/").content.decode()
    assert secret not in again
    assert "Recopiez" not in again


def test_a_name_is_taken_once(ada):
    opened(ada)
    answer = opened(ada)
    assert answer.status_code == 422
    assert "Un raccordement porte déjà ce nom." in answer.content.decode()


@pytest.mark.parametrize("provider", ADAPTERS)
def test_a_test_event_of_every_provider_arrives_and_opens_nothing(ada, provider):
    opened(ada, provider)
    page = ada.post("/guichet/telephone/raccordements/ligne-de-lille/essai/", follow=True).content.decode()
    assert "L’évènement d’essai est arrivé" in page
    assert "nouvel appel" in page
    assert (Call.objects.get().is_test, Interaction.objects.count()) == (True, 0)
    assert "03 53 01 99 99" not in page


def test_secrets_of_the_provider_are_sealed_kept_and_never_shown(ada):
    opened(ada, "ringover")
    address = "/guichet/telephone/raccordements/ligne-de-lille/"
    ada.post(address, {"name": "Ringover", "is_enabled": "on", "option_secret": "cle-de-signature"})
    trunk = Trunk.objects.get()
    assert b"cle-de-signature" not in bytes(trunk.sealed)
    assert trunk.settings == {"secret": "cle-de-signature"}
    assert "cle-de-signature" not in ada.get(address).content.decode()
    ada.post(address, {"name": "Ringover Lille", "is_enabled": "on", "option_secret": ""})
    trunk = Trunk.objects.get()
    assert (trunk.name, trunk.settings) == ("Ringover Lille", {"secret": "cle-de-signature"})


def test_what_another_key_sealed_stays_shut(settings):
    sealed = seal({"secret": "x"})
    settings.FIELD_KEY, settings.FIELD_KEY_FALLBACKS = "another key of the house", []
    with pytest.raises(Unopened):
        unseal(sealed)
    settings.FIELD_KEY_FALLBACKS = ["only-for-the-demo-and-the-tests"]
    assert unseal(sealed) == {"secret": "x"}


def test_closing_a_trunk_asks_why(ada):
    opened(ada)
    address = "/guichet/telephone/raccordements/ligne-de-lille/"
    answer = ada.post(address, {"name": "Ligne de Lille"})
    assert answer.status_code == 422
    assert "Dites pourquoi" in answer.content.decode()
    ada.post(address, {"name": "Ligne de Lille", "because": "changement d’opérateur"})
    assert not Trunk.objects.get().is_enabled


def test_a_new_secret_leaves_the_old_one_a_week_unless_it_leaked(ada):
    opened(ada)
    trunk = Trunk.objects.get()
    page = ada.post("/guichet/telephone/raccordements/ligne-de-lille/secret/").content.decode()
    assert "Recopiez cette adresse" in page
    trunk.refresh_from_db()
    assert trunk.previous_until is not None
    ada.post("/guichet/telephone/raccordements/ligne-de-lille/secret/", {"fuite": "1"})
    trunk.refresh_from_db()
    assert (trunk.previous_digest, trunk.previous_until) == (None, None)


def test_an_extension_is_one_operators(ada):
    opened(ada)
    address = "/guichet/telephone/raccordements/ligne-de-lille/postes/"
    marion, nathalie = cast.marion(), cast.nathalie()
    ada.post(address, {"operator": marion.pk, "value": "PJSIP/12"})
    answer = ada.post(address, {"operator": nathalie.pk, "value": "pjsip/12"})
    assert "déjà celui de quelqu’un" in answer.content.decode()
    ada.post(address, {"retirer": Extension.objects.get().pk})
    assert not Extension.objects.exists()


def test_an_operator_of_another_desk_has_no_extension_here():
    with pytest.raises(Refused, match="ne tient pas"):
        actions.set_extension(stage.trunk(), by=cast.ada(), operator=cast.amelie(), value="12")


def test_only_an_administrator_sets_the_telephone():
    with pytest.raises(Refused, match="administratrice"):
        actions.rotate_secret(stage.trunk(), by=cast.marion())


def test_what_could_not_be_read_is_shown_and_read_again(ada):
    trunk = stage.trunk()
    stage.hear(Request(body=b"nonsense", received_at=clock.now()))
    page = ada.get(f"/guichet/telephone/raccordements/{trunk.slug}/").content.decode()
    assert "L’évènement ne dit pas de quel appel il s’agit" in page
    kept = InboundEvent.objects.get()
    ada.post(f"/guichet/telephone/raccordements/{trunk.slug}/lecture/", {"evenement": kept.pk})
    kept.refresh_from_db()
    assert (kept.parse_state, kept.attempts) == ("error", 1)


def test_refusals_of_the_week_are_shown(ada):
    Refusal.objects.create(trunk=stage.trunk(), day=clock.today(), reason="secret", count=41)
    page = ada.get("/guichet/telephone/raccordements/lille/").content.decode()
    assert "Secret faux" in page
    assert ">41<" in page


def test_what_is_received_does_not_change():
    stage.hear(stage.said("newCall"))
    kept = InboundEvent.objects.get()
    for change in ({"body": b"other"}, {"headers": {"x": "y"}}, {"dedupe_key": "other"}, {"received_at": clock.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            InboundEvent.objects.filter(pk=kept.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        InboundEvent.objects.filter(pk=kept.pk).update(emptied_at=clock.now())  # emptied, yet full
    with pytest.raises(DatabaseError), transaction.atomic():
        InboundEvent.objects.filter(pk=kept.pk)._raw_delete("default")
    InboundEvent.objects.filter(pk=kept.pk).update(emptied_at=clock.now(), body=b"", headers={}, query="")
