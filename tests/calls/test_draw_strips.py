"""What a strip says of a caller, and what it never says."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from callcare.calls import strips
from callcare.calls.models import Call
from callcare.core import clock
from callcare.desk.models import Interaction
from callcare.directory.actions import record_channel
from callcare.directory.enums import ChannelUse
from callcare.directory.pairs import keep_pairs
from tests import cast
from tests.calls import stage

pytestmark = pytest.mark.django_db
OTHER = "0353019999"


def drawn(call_id="call-1"):
    [strip] = strips.of_calls(Call.objects.filter(call_id=call_id).values_list("pk", flat=True))
    return strip


def ring(**more):
    stage.hear(stage.said("newCall", **more))
    return drawn().others["html"]


def test_a_direct_line_names_the_person_and_what_is_open_at_this_desk():
    cast.claire()
    cast.need()
    cast.need(state="to_qualify", owner=None, next_action_at=None)
    cast.commitment(organisation=cast.workshop(), desk=cast.amiens_desk())
    said = ring()
    assert "<b>Atelier du Canal</b>, Claire Delattre" in said
    assert "probable" in said
    assert "1 besoin ouvert" in said
    assert "engagement" not in said  # another desk's


def test_a_switchboard_names_nobody_and_a_shared_number_no_organisation():
    claire = cast.claire()
    colleague = cast.person(cast.workshop(), "Paul", "Petit", phone="+33353011202", email="paul@canal.test")
    for somebody in (claire, colleague):
        record_channel(by=cast.marion(), value=OTHER, person=somebody, use=ChannelUse.SWITCHBOARD)
    assert "<b>Atelier du Canal</b>, plusieurs personnes" in ring(**{"from": OTHER})
    for at, name in enumerate(("Filature Verlinde", "Maison des Associations")):
        record_channel(by=cast.marion(), value=OTHER, organisation=cast.organisation(name), use=ChannelUse.SHARED)
        stage.hear(stage.said("newCall", f"shared-{at}", **{"from": OTHER}))
    assert "<b>plusieurs organisations</b>" in drawn("shared-1").others["html"]
    assert Interaction.objects.latest("pk").organisation is None


@pytest.mark.parametrize("hidden", ["anonymous", "restricted", ""])
def test_a_hidden_number_and_an_unknown_one_say_so(hidden):
    said = ring(**{"from": hidden})
    assert "<b>numéro masqué</b>" in said
    assert "probable" not in said
    assert drawn().others["say"] == "Appel d’un numéro masqué."
    stage.hear(stage.said("newCall", "call-2", **{"from": OTHER}))
    assert '<b>numéro inconnu</b> · <span class="nowrap">03 53 01 99 99</span>' in drawn("call-2").others["html"]


def test_the_last_three_contacts_and_the_call_that_is_owed_are_said():
    for days in range(1, 6):
        cast.call(
            organisation=cast.workshop(), started_at=clock.now() - timedelta(days=days), dispositions=["information"]
        )
    cast.claire()
    stage.hear(stage.said("newCall", "before"), stage.said("hangup", "before", cause="cancel"))
    said = ring()
    stage.hear(stage.said("newCall", "another", **{"from": OTHER}))
    assert said in [strip.others["html"] for strip in strips.present()]  # alone or among others: the same strip
    assert "rappel dû" in said
    assert said.count("/guichet/contacts/") == 4  # three contacts, and her own
    missed = drawn("before").others["html"]
    assert "rappel à faire avant" in missed
    assert "rappel dû" not in missed  # it does not owe itself


def test_an_organisation_that_may_be_recorded_twice_is_said_and_leads_to_its_pairs():
    cast.claire()
    assert "doublon" not in ring()
    cast.organisation("Asso Atelie du Canal", commune=cast.roubaix())
    keep_pairs()
    stage.hear(stage.said("newCall", "call-2"))
    said = drawn("call-2").others["html"]
    assert f'<a href="/annuaire/doublons/?fiche={cast.workshop().ref}">doublon probable</a>' in said


def test_a_name_is_shown_as_text_whatever_it_holds():
    cast.person(
        cast.organisation("<img src=x onerror=alert(1)>"), "A", "<script>", phone="+33353011201", email="a@b.test"
    )
    said = ring()
    assert "<img" not in said
    assert "<script" not in said
    assert "&lt;img" in said


def test_an_outgoing_call_shows_to_who_calls_only():
    cast.marion()
    stage.hear(stage.said("newCall", direction="out", **{"from": "0353010000", "to": "0353011201"}))
    assert drawn().others["html"] == ""
    stage.hear(stage.said("answer", direction="out", user="Marion", **{"from": "0353010000", "to": "0353011201"}))
    strip = drawn()
    assert strip.operator == cast.marion().pk
    assert "En ligne avec" in strip.mine["html"]
    assert strip.others["html"] == ""


def test_what_is_over_or_lost_its_end_leaves_the_screens():
    def seen():
        return [strip.others["phase"] for strip in strips.present()]

    now = clock.now()
    stage.hear(stage.said("newCall", at=now))
    assert seen() == ["ringing"]
    with clock.at(now + timedelta(minutes=11)):
        assert seen() == []  # a telephone does not ring that long
    stage.hear(stage.said("hangup", cause="cancel", at=now))
    assert seen() == ["missed"]
    with clock.at(now + timedelta(minutes=2)):
        assert seen() == []


def test_a_transfer_is_one_strip_of_whoever_speaks_now():
    marion, nathalie = cast.marion(), cast.nathalie()
    stage.hear(stage.said("newCall", "a"), stage.said("answer", "a", user="Marion"))
    assert drawn("a").operator == marion.pk
    stage.hear(
        stage.said("newCall", "b", origCallId="a", at=clock.now() + timedelta(seconds=1)),
        stage.said("answer", "b", user="Nathalie", origCallId="a", at=clock.now() + timedelta(seconds=2)),
    )
    strip = drawn("b")
    assert (strip.operator, strip.key) == (nathalie.pk, drawn("a").key)
    assert "prise par Nathalie" in strip.others["html"]


def test_the_version_only_grows():
    versions = []
    for event in ("newCall", "ringing", "answer", "hangup"):
        stage.hear(stage.said(event, user="Marion"))
        versions.append(drawn().version)
    assert versions == sorted(set(versions))


def test_twenty_calls_cost_as_many_questions_as_one():
    cast.claire()

    def cost():
        with CaptureQueriesContext(connection) as seen:
            strips.present()
        return len(seen)

    stage.hear(stage.said("newCall"))
    one = cost()
    stage.hear(*(stage.said("newCall", f"call-{n}", **{"from": f"03530112{n:02}"}) for n in range(2, 21)))
    assert len(strips.present()) == 20
    assert cost() == one <= 10
