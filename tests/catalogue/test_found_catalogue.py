import re

import pytest

from callcare.catalogue import data
from callcare.catalogue.actions import found_catalogue
from callcare.catalogue.enums import Kind, ReasonUse
from callcare.catalogue.models import Category, Reason, Unit
from callcare.catalogue.rules import as_heard, fits

MEASURE = {unit.code: unit.measure for unit in data.UNITS}

# What the press and the partners said, word for word where we have it: none may be without its category.
SAID_IN_THE_MISSION = {
    "computers to follow courses": "computer", "computers to lend to students": "laptop", "webcams": "webcam",
    "printers": "printer", "connections": "internet_connection", "a lawn mower": "lawn_mower",
    "time to accompany people who lost their job": "accompaniment", "safety shoes": "safety_shoes",
    "a venue to celebrate": "party_room", "staff to present their trades": "career_talk",
    "staff who serve": "event_staff", "computers to be refurbished": "it_skill", "RTT days": "rtt_days",
    "unused IT equipment": "it_equipment", "vehicles": "vehicle", "money": "donation", "skills": "skill",
    "coaches": "coaching", "mentors": "mentoring", "vehicle purchase aid": "vehicle_purchase_aid",
    "hiring aids": "hiring_aid", "housing": "housing_aid", "food": "food", "care": "daily_life_aid",
    "holidays and leisure": "leisure_aid", "school support": "tutoring", "summer schools and mini-camps":
    "summer_activity", "discovery outings": "tickets",
}  # fmt: skip


def test_every_need_and_commitment_of_the_mission_has_its_category():
    assert set(SAID_IN_THE_MISSION.values()) <= {row.code for row in data.categories()}


def test_a_category_is_of_the_kind_of_its_parent_and_its_unit_measures_that_kind():
    rows = {row.code: row for row in data.categories()}
    for row in rows.values():
        assert row.kind in Kind.values
        assert row.parent is None or rows[row.parent].kind == row.kind
        assert fits(row.kind, MEASURE[row.unit]), row.code


def test_a_word_belongs_to_one_category_only():
    owner: dict[str, str] = {}
    for row in data.categories():
        for word in {as_heard(w) for w in (row.label, *row.synonyms)}:
            assert owner.setdefault(word, row.code) == row.code, word


GOODS = [row for row in data.categories() if row.kind == "goods"]


def test_no_object_is_said_by_the_thing_it_only_belongs_to():
    """« fauteuil de bureau » is no « bureau »: what stands after « de » is not what the word means."""
    for row in GOODS:
        after = re.compile(rf" (?:de |du |d’|d'|pour ){as_heard(row.label)}$")
        assert [word for word in row.synonyms if after.search(as_heard(word))] == [], row.code
    assert re.search(r" (?:de )bureau$", as_heard("fauteuil de bureau"))  # the test sees what it looks for


def test_an_object_said_with_the_label_of_another_is_one_kind_of_it():
    label_of = {as_heard(row.label): row for row in GOODS}
    for row in GOODS:
        for word in row.synonyms:
            head = label_of.get(as_heard(word).split()[0], row)
            assert head.code in row.path or row.code in head.path, f"« {word} » of {row.code} is {head.code}"


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("fauteuil de bureau", "siège"), ("chaise", "siège"), ("trottinette", "trottinette"), ("camion", "camion"),
        ("photocopieur", "photocopieur"), ("sono", "matériel de sonorisation"), ("carburant", "carburant"),
        ("forfait téléphonique", "forfait téléphonique"), ("tni", "tableau interactif"), ("piscine", "lieu de sport"),
        ("amphi", "amphithéâtre"), ("jour de congé", "jour de congé"), ("ticket restaurant", "bon alimentaire"),
        ("baskets", "chaussures"), ("gel hydroalcoolique", "produit d’hygiène"),
    ],
)  # fmt: skip
def test_a_letter_does_not_say_another_thing(said, label):
    [found] = [row for row in data.categories() if as_heard(said) in map(as_heard, (row.label, *row.synonyms))]
    assert found.label == label


def test_every_kind_has_one_root():
    assert sorted(row.kind for row in data.categories() if row.parent is None) == sorted(Kind.values)


def test_what_is_said_later_is_not_said_for_ever():
    assert [r.code for r in data.reasons() if not r.is_final] == ["later", "not_now"]
    assert {use for r in data.reasons() for use in r.used_for} == set(ReasonUse.values)


@pytest.mark.django_db
def test_founding_twice_adds_nothing_and_keeps_what_a_steward_changed():
    first = found_catalogue()
    assert (first.categories, first.reasons) == (len(data.categories()), len(data.reasons()))
    assert Unit.objects.get(code="half_day").factor == 210
    laptop = Category.objects.get(code="laptop")
    assert laptop.path == ["goods", "it_equipment", "computer", "laptop"]
    assert Reason.objects.get(code="later").is_final is False

    again = found_catalogue()
    assert (again.categories, again.reasons) == (0, 0)
    assert Category.objects.count() == len(data.categories())
