"""An organisation enters the directory during a call, and is corrected later."""

import threading

import pytest
from django.db import connection

from callcare.core.deeds import Refused, timeline
from callcare.core.edits import Outdated
from callcare.directory.actions import (
    attach_account,
    edit_organisation,
    edit_person,
    record_channel,
    record_organisation,
    record_person,
    resolve_organisation,
    retire_channel,
)
from callcare.directory.duplicates import Facts
from callcare.directory.models import Channel, Organisation, Person
from tests import cast

SIRET = "73282932000074"


@pytest.mark.django_db
def test_an_operator_records_an_organisation():
    house = record_organisation(
        by=cast.marion(), name="  La   Ruche ", kind="association", commune=cast.lens(), siret="732 829 320 00074"
    )
    assert (house.name, house.siret, house.siren) == ("La Ruche", SIRET, SIRET[:9])
    assert house.search_name == "la ruche"
    assert house.ref.startswith("O-")


@pytest.mark.django_db
@pytest.mark.parametrize("who", [cast.stephane, cast.ada, cast.samir])
def test_nobody_else_writes_in_the_directory(who):
    with pytest.raises(Refused, match="guichets"):
        record_organisation(by=who(), name="La Ruche", kind="association")
    with pytest.raises(Refused, match="guichets"):
        record_person(cast.workshop(), by=who(), last_name="Durand")
    with pytest.raises(Refused, match="guichets"):
        record_channel(by=who(), organisation=cast.workshop(), value="0353011299")


@pytest.mark.django_db
def test_a_wrong_identifier_is_said_and_nothing_is_written():
    with pytest.raises(Refused, match="Il manque un chiffre"):
        record_organisation(by=cast.marion(), name="La Ruche", kind="association", siret="7328293200007")
    assert not Organisation.objects.filter(name="La Ruche").exists()


@pytest.mark.django_db
def test_a_siret_is_taken_once():
    record_organisation(by=cast.marion(), name="La Ruche", kind="association", siret=SIRET)
    with pytest.raises(Refused, match="porte déjà ce SIRET"):
        record_organisation(by=cast.nathalie(), name="La Ruche bis", kind="association", siret=SIRET)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_operators_record_one_siret_at_once_and_one_is_told():
    operators, said, both = [cast.marion(), cast.nathalie()], [], threading.Barrier(2)

    def record(by):
        both.wait()
        try:
            record_organisation(by=by, name=f"La Ruche de {by}", kind="association", siret=SIRET)
            said.append("fait")
        except Refused as refusal:
            said.append(str(refusal))
        finally:
            connection.close()

    hands = [threading.Thread(target=record, args=(by,)) for by in operators]
    [hand.start() for hand in hands]
    [hand.join() for hand in hands]
    assert sorted(said) == ["Une organisation porte déjà ce SIRET.", "fait"]
    assert Organisation.objects.filter(siret=SIRET).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_second_editor_is_told_and_nothing_is_lost():
    house = cast.workshop()
    edit_organisation(house, by=cast.marion(), seen=1, name="L’Atelier du Canal", siret=SIRET)
    assert (house.search_name, house.siren) == ("l atelier du canal", SIRET[:9])
    with pytest.raises(Outdated):
        edit_organisation(house, by=cast.nathalie(), seen=1, name="Autre nom")
    assert timeline(house)[-1].changes["name"] == ("Atelier du Canal", "L’Atelier du Canal")


@pytest.mark.django_db
def test_a_person_comes_with_her_numbers_or_not_at_all():
    house = cast.workshop()
    somebody = record_person(
        house, by=cast.marion(), first_name="Inès", last_name="Durand", reach=["03 53 01 12 80", "Ines@Canal.test", ""]
    )
    assert sorted(somebody.channels.values_list("value", flat=True)) == ["+33353011280", "ines@canal.test"]
    with pytest.raises(Refused, match="Il manque des chiffres"):
        record_person(house, by=cast.marion(), last_name="Perdu", reach=["03 53 01 12 81", "03 53"])
    assert not Person.objects.filter(last_name="Perdu").exists()
    edit_person(somebody, by=cast.marion(), seen=1, role="directrice")
    assert somebody.role == "directrice"


@pytest.mark.django_db
def test_a_number_is_noted_once_retired_and_taken_up_again():
    claire, marion = cast.claire(), cast.marion()
    first = record_channel(by=marion, person=claire, value="03 53 01 12 82", certainty="maybe")
    assert record_channel(by=marion, person=claire, value="+33 3 53 01 12 82") == first
    first.refresh_from_db()
    assert first.certainty == "known"
    with pytest.raises(Refused, match="pourquoi"):
        retire_channel(first, by=marion, because=" ")
    retire_channel(first, by=marion, because="a quitté son bureau")
    assert not claire.channels.in_use().filter(pk=first.pk).exists()
    record_channel(by=marion, person=claire, value="0353011282")
    assert claire.channels.in_use().filter(pk=first.pk).exists()


@pytest.mark.django_db
def test_an_account_is_attached_once():
    user, house = cast.samir(), cast.mill()
    attach_account(user, house, by=cast.ada(), rights="read")
    with pytest.raises(Refused, match="déjà rattaché"):
        attach_account(user, house, by=cast.marion())
    with pytest.raises(Refused, match="rattache un compte"):
        attach_account(user, cast.organisation("Autre"), by=user)
    with pytest.raises(Refused, match="ne parle pas"):
        attach_account(cast.marion(), house, by=cast.ada(), person=cast.claire())


@pytest.mark.django_db
def test_what_is_meant_is_found_before_it_is_entered():
    lens, by = cast.lens(), cast.marion()
    first = resolve_organisation(Facts(name="La Ruche", kind="association", commune_id=lens.pk, siret=SIRET), by=by)
    assert first.created
    for facts in (
        Facts(name="Autre nom", siret="732 829 320 00074"),
        Facts(name="LA RUCHE (association)", commune_id=lens.pk),
        Facts(name="Ruche", commune_id=lens.pk),
    ):
        found = resolve_organisation(facts, by=by)
        assert (found.organisation, found.created) == (first.organisation, False)
    for facts in (
        Facts(name="La Ruche", commune_id=cast.lille().pk),
        Facts(name="La Ruche", commune_id=lens.pk, siret="35600000000048"),
        Facts(name="La Ruche d’en face", commune_id=lens.pk),
    ):
        assert resolve_organisation(facts, by=by).created


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fact", "said"),
    [({"siret": "123"}, "14 chiffres"), ({"siren": "12"}, "9 chiffres"), ({"rna": "X"}, "lettre W"),
     ({"siret": SIRET, "siren": "356000000"}, "commence par")],
)  # fmt: skip
def test_the_database_refuses_what_the_rules_would(fact, said):
    with pytest.raises(Refused, match=said):
        cast.organisation("Brute", **fact)


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["0353011201", "Claire@canal.test", "claire", "+33 3"])
def test_the_database_keeps_one_spelling(value):
    kind = "email" if "a" in value else "phone"
    claire = cast.claire()
    with pytest.raises(Refused, match="comme il faut"):
        cast.enters(Channel.objects.create)(person=claire, kind=kind, value=value)
