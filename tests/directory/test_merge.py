"""Two records of one thing become one without loss, and can be two again (invariant I15)."""

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction
from hypothesis import given, settings, strategies as st

from callcare.core import clock
from callcare.core.deeds import Refused
from callcare.core.edits import Outdated
from callcare.desk.models import Consent, Interaction, Reminder
from callcare.directory.actions import (
    attach_account,
    edit_organisation,
    merge_organisations,
    merge_persons,
    record_channel,
    undo_merge,
)
from callcare.directory.keys import keys_to, weights
from callcare.directory.models import Channel, Membership, MergeRecord, Organisation, Person
from callcare.directory.search import find_organisations
from callcare.introductions.models import Disclosure, Introduction
from callcare.needs.models import Need
from tests import cast

WHY = "même association"


@contextmanager
def undone():
    """Each example of a property lives in a savepoint of its own."""
    here = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(here)


def rows_of(model):
    """Every row of a table, as the database has it, without the version that tells editors."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY 1')  # noqa: S608
        names = [column.name for column in cursor.description]
        return [{k: v for k, v in zip(names, row, strict=True) if k != "version"} for row in cursor.fetchall()]


def tables():
    """Every table a merge may touch, found in the models."""
    models = {key.model for target in (Organisation, Person) for key in keys_to(target)}
    return sorted(models | {Organisation, Person, Channel, Membership}, key=lambda m: m._meta.label)


def picture():
    return {model._meta.label: rows_of(model) for model in tables()}


def sums(*pks):
    """How many rows point to any of these organisations, by column: what no merge may change."""
    return Counter(
        {str(key): sum(key.rows(pk).count() for pk in pks) for key in keys_to(Organisation) if not own(key)}
    )


def own(key):
    return key.model is Organisation  # merged_into itself grows by one


def double(**over):
    """The workshop, recorded twice, each with a life."""
    second = cast.organisation("Atl. du Canal", commune=cast.roubaix(), **over)
    ines = cast.person(second, "Inès", "Durand", phone="+33353011280", email="ines@canal.test")
    cast.need(organisation=second, person=ines)
    cast.enters(Interaction.objects.create)(desk=cast.lille_desk(), organisation=second, person=ines)
    cast.enters(Consent.objects.create)(
        desk=cast.lille_desk(), person=ines, basis="oral", recorded_by=cast.marion(), gives_name=True
    )
    return second


@pytest.mark.django_db
def test_everything_moves_and_the_two_can_be_two_again():
    kept, second = cast.workshop(), double(siret="73282932000074", website="https://canal.test", networks=["Réseau"])
    cast.claire()
    before, counted = picture(), sums(kept.pk, second.pk)
    record = merge_organisations(kept, second, by=cast.marion(), because=WHY)
    kept.refresh_from_db()
    assert sums(kept.pk, second.pk) == counted
    assert sums(second.pk) == Counter({str(key): 0 for key in keys_to(Organisation) if not own(key)})
    assert (kept.siret, kept.website, kept.networks) == ("73282932000074", "https://canal.test", ["Réseau"])
    assert Need.objects.get().organisation == kept
    assert [hit.ref for hit in find_organisations("Atl. du Canal")] == [kept.ref]
    undo_merge(record, by=cast.marion(), because="deux établissements")
    assert picture() == before


@pytest.mark.django_db
def test_what_both_had_is_kept_once_with_the_better_of_the_two():
    kept, second = cast.workshop(), double()
    early = clock.now() - timedelta(days=9)
    for house, over in ((kept, {"certainty": "maybe"}), (second, {"seen_at": early})):
        record_channel(by=cast.marion(), organisation=house, value="03 53 01 12 90", **over)
        attach_account(cast.samir(), house, by=cast.ada(), rights="manage") if house == second else cast.samir()
    before = picture()
    record = merge_organisations(kept, second, by=cast.marion(), because=WHY)
    channel = kept.channels.get(value="+33353011290")
    assert (channel.certainty, channel.last_seen_at) == ("known", early)
    assert kept.memberships.get().rights == "manage"
    undo_merge(record, by=cast.marion(), because="erreur")
    assert picture() == before


@pytest.mark.django_db
def test_a_live_introduction_of_both_to_one_need_stops_the_merge():
    giver, twin, need = cast.mill(), cast.organisation("Verlinde", kind="company"), cast.need()
    for house in (giver, twin):
        cast.enters(Introduction.objects.create)(
            desk=need.desk, need=need, giver=house, owner=cast.marion(), next_action_at=clock.now()
        )
    before = picture()
    with pytest.raises(Refused, match="déjà en cours entre ce besoin et ce contributeur"):
        merge_organisations(giver, twin, by=cast.marion(), because=WHY)
    assert picture() == before


@pytest.mark.django_db
def test_generic_pointers_move_too():
    kept, second = cast.workshop(), double()
    reminder = cast.enters(Reminder.objects.create)(
        desk=cast.lille_desk(), subject=second, step="call_back", about="rappel", due_at=clock.now()
    )
    merge_organisations(kept, second, by=cast.marion(), because=WHY)
    reminder.refresh_from_db()
    assert reminder.subject == kept


@pytest.mark.django_db
@pytest.mark.parametrize("case", ["verified", "same", "no reason", "merged", "partner"])
def test_what_stops_a_merge(case):
    kept, second, by, why = cast.workshop(), double(), cast.marion(), WHY
    said = {"verified": "SIRET vérifié", "same": "elle-même", "no reason": "pourquoi", "merged": "vient d’être fondue",
            "partner": "guichets"}[case]  # fmt: skip
    if case == "verified":
        for house, siret in ((kept, "73282932000074"), (second, "35600000000048")):
            cast.enters(Organisation.objects.filter(pk=house.pk).update)(siret=siret, verified_at=clock.now())
    elif case == "same":
        second = kept
    elif case == "no reason":
        why = " "
    elif case == "merged":
        merge_organisations(cast.mill(), second, by=by, because=WHY)
    else:
        by = cast.samir()
    with pytest.raises(Refused, match=said):
        merge_organisations(kept, second, by=by, because=why)


@pytest.mark.django_db
def test_different_words_are_written_down():
    record = merge_organisations(cast.workshop(), double(), by=cast.marion(), because=WHY)
    assert {"column": "name", "before": "Atl. du Canal"}.items() <= record.moved[-1].items()


@pytest.mark.django_db
def test_an_undo_leaves_alone_what_somebody_changed_since():
    kept, second, marion = cast.workshop(), double(website="https://canal.test"), cast.marion()
    record = merge_organisations(kept, second, by=marion, because=WHY)
    kept.refresh_from_db()
    edit_organisation(kept, by=marion, seen=kept.version, website="https://atelier.test")
    undo_merge(record, by=marion, because="erreur")
    kept.refresh_from_db()
    assert kept.website == "https://atelier.test"
    assert second.people.count() == 1


@pytest.mark.django_db
def test_an_undo_is_made_once_within_thirty_days_and_in_order():
    kept, second, third, marion = cast.workshop(), double(), cast.organisation("Canal"), cast.marion()
    first = merge_organisations(kept, second, by=marion, because=WHY)
    last = merge_organisations(third, kept, by=marion, because=WHY)
    second.refresh_from_db()
    assert second.merged_into == third
    with pytest.raises(Refused, match="d’abord cette fusion-là"):
        undo_merge(first, by=marion, because="erreur")
    undo_merge(last, by=marion, because="erreur")
    with pytest.raises(Refused, match="déjà défaite"):
        undo_merge(last, by=marion, because="erreur")
    with clock.at(clock.now() + timedelta(days=31)), pytest.raises(Refused, match="30 jours"):
        undo_merge(first, by=marion, because="erreur")
    undo_merge(first, by=marion, because="erreur")
    second.refresh_from_db()
    assert second.merged_into is None


@pytest.mark.django_db
def test_whoever_edits_one_of_the_two_is_told():
    kept, second = cast.workshop(), double()
    merge_organisations(kept, second, by=cast.marion(), because=WHY)
    with pytest.raises(Outdated):
        edit_organisation(kept, by=cast.nathalie(), seen=1, name="Autre")
    with pytest.raises(Refused, match="fondue dans une autre"):
        edit_organisation(Organisation.objects.get(pk=second.pk), by=cast.nathalie(), seen=1, name="Autre")


@pytest.mark.django_db
def test_one_person_recorded_twice():
    claire = cast.claire()
    twice = cast.person(cast.workshop(), "", "Delatre", phone="+33353011281", email="c.delattre@canal.test")
    cast.enters(Person.objects.filter(pk=twice.pk).update)(do_not_contact=True)
    cast.need(person=twice)
    sealed = cast.enters(Disclosure.objects.create)(
        desk=cast.lille_desk(), introduction=(sent := revealed(twice)), side="giver", about=twice, text="…",
        consent=sent.asker_consent,
    )  # fmt: skip
    before = picture()
    record = merge_persons(claire, twice, by=cast.marion(), because="même personne")
    claire.refresh_from_db()
    assert claire.channels.count() == 4
    assert claire.do_not_contact, "who asked not to be contacted is not, under either record"
    sealed.refresh_from_db()
    assert sealed.about == twice, "what was disclosed is never rewritten"
    undo_merge(record, by=cast.marion(), because="deux sœurs")
    assert picture() == before


def revealed(asker):
    """An introduction sent to both sides: her details have been passed on."""
    need, hugo = cast.need(), cast.hugo()
    return cast.enters(Introduction.objects.create)(
        desk=need.desk, need=need, giver=cast.mill(), owner=cast.marion(), next_action_at=clock.now(),
        asker_person=asker, asker_consent=cast.consent(asker), giver_person=hugo, giver_consent=cast.consent(hugo),
        state="sent", sent_at=clock.now(),
    )  # fmt: skip


@pytest.mark.django_db
def test_two_logins_are_two_persons():
    claire = cast.claire()
    ines = cast.person(cast.workshop(), "Inès", "Durand", phone="+33353011281", email="ines@canal.test")
    for user, person in ((cast.samir(), claire), (cast.ada(), ines)):
        Membership.objects.filter(user=user).delete()
        attach_account(user, cast.workshop(), by=cast.ada(), person=person)
    with pytest.raises(Refused, match="chacun leur compte"):
        merge_persons(claire, ines, by=cast.marion(), because=WHY)
    with pytest.raises(Refused, match="même organisation"):
        merge_persons(claire, cast.hugo(), by=cast.marion(), because=WHY)


@pytest.mark.django_db
def test_every_key_of_the_house_is_walked():
    """Asked of the tables' own graph: a foreign key added tomorrow on any floor is followed without a word."""
    for target in (Organisation, Person):
        walked = {(key.model, key.column) for key in keys_to(target)}
        for model in apps.get_models():
            if model.__name__.endswith("Event") or model._meta.proxy:
                continue
            for field in model._meta.concrete_fields:
                if field.is_relation and field.remote_field.model is target and field.db_constraint:
                    assert (model, field.attname) in walked
            for field in model._meta.private_fields:
                assert (model, field.fk_field) in walked
    sealed = {str(key) for target in (Organisation, Person) for key in keys_to(target) if key.is_sealed}
    assert sealed == {"introductions.disclosure.about_id", "introductions.disclosure.recipient_id"}


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4)), max_size=12), st.booleans())
@pytest.mark.django_db
def test_any_two_records_merge_and_come_apart_again(lives, turned):
    """Whatever hangs from the two, a merge keeps every sum and its undoing restores every row."""
    with undone():
        houses = [cast.workshop(), cast.organisation("Atl. du Canal"), cast.mill()]
        for place, (whose, what) in enumerate(lives):
            live(houses[whose], what, place)
        before, counted = picture(), sums(*(house.pk for house in houses))
        pair = houses[:2][::-1] if turned else houses[:2]
        record = merge_organisations(*pair, by=cast.marion(), because=WHY)
        assert sums(*(house.pk for house in houses)) == counted
        undo_merge(record, by=cast.marion(), because="erreur")
        assert picture() == before


def live(house, what, place):
    marion, number = cast.marion(), f"03 53 01 13 {place % 3:02}"
    if what == 0:
        record_channel(by=marion, organisation=house, value=number, certainty=["maybe", "known"][place % 2])
    elif what == 1:
        cast.person(house, "", f"Personne {place}", phone=f"+333530114{place:02}", email=f"p{place}@canal.test")
    elif what == 2:
        cast.need(organisation=house)
    elif what == 3:
        cast.commitment(organisation=house)
    else:
        cast.enters(Membership.objects.get_or_create)(user=[marion, cast.ada()][place % 2], organisation=house)


@pytest.mark.django_db
def test_a_merge_record_says_until_when():
    record = merge_organisations(cast.workshop(), double(), by=cast.marion(), because=WHY)
    assert record.undo_until - record.made_at == timedelta(days=30)
    assert MergeRecord.objects.count() == 1


@pytest.mark.django_db
def test_what_hangs_from_a_record_is_counted_in_one_statement(django_assert_max_num_queries):
    second = double()
    keys_to(Organisation)  # the kinds of things are asked for once in a process
    with django_assert_max_num_queries(1):
        assert dict(weights(second)) == {"besoins": 1, "contacts": 1, "interlocuteurs": 1}
