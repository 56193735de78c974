"""Before speaking, the operator sees who may be calling; a number is a hint, never a proof."""

from datetime import UTC, datetime

import pytest

from callcare.core.deeds import deed
from callcare.directory.callers import who_call, who_calls
from callcare.directory.models import Channel, Organisation, Person
from tests import cast
from tests.cast import CastVerb

pytestmark = pytest.mark.django_db


@cast.enters
def phone(value: str = "+33353011250", **over: object) -> Channel:
    return Channel.objects.create(kind="phone", value=value, **over)


def test_a_direct_number_says_who_calls():
    claire = cast.claire()
    caller = who_calls("03.53.01.12.01")
    assert (caller.person, caller.organisation) == (claire, cast.workshop())


@pytest.mark.parametrize("use", ["switchboard", "shared"])
def test_a_switchboard_never_selects_a_person(use):
    phone(person=cast.claire(), use=use)
    caller = who_calls("0353011250")
    assert (caller.person, caller.organisation) == (None, cast.workshop())


def test_a_possible_number_never_selects_a_person():
    phone(person=cast.claire(), certainty="maybe")
    assert who_calls("0353011250").person is None


def test_a_former_number_is_only_shown():
    phone(person=cast.claire(), use="former")
    caller = who_calls("0353011250")
    assert (caller.person, caller.organisation) == (None, None)
    assert len(caller.candidates) == 1


def test_a_number_of_two_organisations_selects_none():
    phone(organisation=cast.workshop())
    phone(organisation=cast.mill())
    assert who_calls("0353011250").organisation is None


def test_known_before_possible_direct_before_switchboard_then_the_last_seen():
    early, late = datetime(2021, 3, 1, tzinfo=UTC), datetime(2021, 4, 1, tzinfo=UTC)
    order = [
        phone(organisation=cast.organisation("Récente"), last_seen_at=late),
        phone(organisation=cast.organisation("Ancienne"), last_seen_at=early),
        phone(organisation=cast.organisation("Jamais vue")),
        phone(organisation=cast.organisation("Standard"), use="switchboard", last_seen_at=late),
        phone(organisation=cast.organisation("Possible"), certainty="maybe", last_seen_at=late),
        phone(organisation=cast.organisation("Partie"), use="former", last_seen_at=late),
    ]
    caller = who_calls("0353011250")
    assert [c.organisation.name for c in caller.candidates] == [c.organisation.name for c in order[:5]]
    assert caller.others
    assert who_call(["0353011250", "0353011299"])["0353011250"] == caller  # alone or among others: the same answer


def test_a_hidden_number_looks_nobody_up(django_assert_num_queries):
    with django_assert_num_queries(0):
        caller = who_calls("anonymous")
    assert caller.is_masked
    assert caller.candidates == ()


def test_three_statements_however_many_candidates(django_assert_num_queries):
    phone(person=cast.claire())
    for name in "ABCDEFG":
        phone(organisation=cast.organisation(f"Maison {name}"))
    with django_assert_num_queries(3):
        str(who_calls("0353011250").candidates)


def test_who_left_is_not_proposed():
    claire = cast.claire()
    with deed(CastVerb.ENTERS, by=None):
        Person.objects.filter(pk=claire.pk).update(left_on=datetime(2021, 3, 1, tzinfo=UTC).date())
    assert who_calls("0353011201").candidates == ()


def test_merged_rows_lead_to_the_one_kept():
    double = cast.organisation("Atl Canal")
    phone(organisation=double)
    phone(organisation=cast.workshop())
    with deed(CastVerb.ENTERS, by=None):
        Organisation.objects.filter(pk=double.pk).update(merged_into=cast.workshop())
    [candidate] = who_calls("0353011250").candidates
    assert candidate.organisation == cast.workshop()
