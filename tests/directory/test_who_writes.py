"""An address says who may be writing: those it was noted for, else the organisations of its domain."""

from datetime import date

import pytest

from callcare.core.deeds import deed
from callcare.directory.models import Channel, Organisation, Person
from callcare.directory.writers import MOST_READ, who_write, who_writes
from tests import cast
from tests.cast import CastVerb

pytestmark = pytest.mark.django_db
CLAIRE = "claire@canal.test"


@cast.enters
def mail(value: str = "accueil@canal.test", **over: object) -> Channel:
    return Channel.objects.create(kind="email", value=value, **over)


def test_a_direct_address_says_who_writes():
    claire = cast.claire()
    writer = who_writes(f" {CLAIRE.upper()} ")
    assert (writer.organisation, writer.person) == (cast.workshop(), claire)
    assert [(one.organisation, one.person) for one in writer.candidates] == [(cast.workshop(), claire)]


@pytest.mark.parametrize("over", [{"use": "shared"}, {"use": "switchboard"}, {"certainty": "maybe"}])
def test_a_shared_or_doubtful_address_selects_no_person(over):
    mail(person=cast.claire(), **over)
    writer = who_writes("accueil@canal.test")
    assert (writer.organisation, writer.person) == (cast.workshop(), None)
    assert len(writer.candidates) == 1


def test_an_address_of_two_organisations_selects_none_and_shows_both():
    mail("commun@partage.test", organisation=cast.workshop())
    mail("commun@partage.test", organisation=cast.mill())
    writer = who_writes("commun@partage.test")
    assert writer.organisation is None
    assert {one.organisation for one in writer.candidates} == {cast.workshop(), cast.mill()}


def test_a_colleague_is_known_by_the_domain_without_a_name():
    cast.claire()
    writer = who_writes("paul@canal.test")
    assert (writer.organisation, writer.person) == (cast.workshop(), None)
    assert [(one.person, one.certainty) for one in writer.candidates] == [(None, "maybe")]


def test_a_domain_of_two_organisations_selects_none():
    mail("a@partage.test", organisation=cast.workshop())
    mail("b@partage.test", organisation=cast.mill())
    writer = who_writes("c@partage.test")
    assert writer.organisation is None
    assert len(writer.candidates) == 2


def test_everybodys_provider_and_nothing_say_nothing():
    mail("atelier@gmail.com", organisation=cast.workshop())
    for asked in ("quelquun@gmail.com", "", "pas une adresse"):
        assert who_writes(asked).candidates == ()


def test_who_has_left_is_not_named_and_her_organisation_is():
    claire = cast.claire()
    with deed(CastVerb.ENTERS, by=None):
        Person.objects.filter(pk=claire.pk).update(left_on=date(2026, 1, 31))
    mail(organisation=cast.workshop())
    writer = who_writes(CLAIRE)
    assert (writer.organisation, writer.person) == (cast.workshop(), None)


def test_a_merged_organisation_leads_to_the_one_kept():
    claire = cast.claire()
    with deed(CastVerb.ENTERS, by=None):
        Organisation.objects.filter(pk=cast.workshop().pk).update(merged_into=cast.mill())
    writer = who_writes(CLAIRE)
    assert (writer.organisation, writer.person) == (cast.mill(), claire)
    assert [one.organisation for one in writer.candidates] == [cast.mill()]
    assert who_writes("paul@canal.test").organisation == cast.mill()


def test_a_merged_person_leads_to_the_one_kept():
    claire = cast.claire()
    with deed(CastVerb.ENTERS, by=None):
        kept = Person.objects.create(first_name="Claire", last_name="Petit", organisation=cast.workshop())
        Person.objects.filter(pk=claire.pk).update(merged_into=kept)
    assert who_writes(CLAIRE).person == kept


def test_five_are_shown_and_the_others_are_told_of():
    for number in range(6):
        mail("commun@partage.test", organisation=cast.organisation(f"Maison {number}"))
    writer = who_writes("commun@partage.test")
    assert (len(writer.candidates), writer.others) == (5, True)


def test_two_questions_for_a_batch_however_many(django_assert_num_queries):
    cast.claire()
    asked = [CLAIRE, *(f"p{number}@canal.test" for number in range(20)), "x@inconnu.test"]
    with django_assert_num_queries(2):
        found = who_write(asked)
    assert {one for one in asked if found[one].organisation == cast.workshop()} == set(asked[:-1])


def test_a_domain_of_thousands_is_read_in_part_only(django_assert_num_queries):
    with deed(CastVerb.ENTERS, by=None):
        Channel.objects.bulk_create(
            Channel(kind="email", value=f"p{n}@academie.test", raw="", organisation=cast.workshop())
            for n in range(MOST_READ + 50)
        )
    with django_assert_num_queries(2):
        writer = who_writes("nouveau@academie.test")
    assert writer.organisation == cast.workshop()
