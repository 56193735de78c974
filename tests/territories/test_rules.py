"""Names as they are compared, and kilometres. No database."""

import math

import pytest
from hypothesis import given, strategies as st

from callcare.territories import data
from callcare.territories.rules import Gazetteer, distance_between, km, normalise, typos


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("Villeneuve-d’Ascq", "villeneuve d ascq"),
        ("VILLENEUVE D'ASCQ", "villeneuve d ascq"),
        ("  St-Omer ", "saint omer"),
        ("ST. OMER", "saint omer"),
        ("Ste Marie-Kerque", "sainte marie kerque"),
        ("Mons-en-Barœul", "mons en baroeul"),
        ("Saint-André lez Lille", "saint andre les lille"),
        ("Saint-André-lès-Lille", "saint andre les lille"),
        ("Bruay s/ l’Escaut", "bruay sur l escaut"),
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("Paris 11e", "paris 11e"),
        ("—  ,", ""),
    ],
)
def test_a_name_is_compared_without_accents_hyphens_or_case(typed, compared):
    assert normalise(typed) == compared


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    once = normalise(text)
    assert normalise(once) == once
    assert once == once.strip()
    assert all(letter.isascii() and (letter.isalnum() or letter == " ") for letter in once)


@given(st.sampled_from([c.name for c in data.table().communes]))
def test_case_accents_and_hyphens_never_matter(name):
    plain = normalise(name)
    assert normalise(name.upper()) == normalise(name.replace("-", " ").replace("’", "'")) == plain


@pytest.mark.parametrize(
    ("typed", "name", "slips"),
    [
        ("lille", "lille", 0), ("lil", "lille", 0), ("lile", "lille", 1), ("lillle", "lille", 1),
        ("roubiax", "roubaix", 1), ("dunkerke", "dunkerque", 2), ("dunkirk", "dunkerque", 2), ("arras", "lens", 4),
    ],
)  # fmt: skip
def test_slips_of_the_finger_are_counted(typed, name, slips):
    assert typos(typed, name) == slips


lats, lons = st.floats(-90, 90), st.floats(-180, 180)
points = st.tuples(lats, lons)


@given(points, points)
def test_there_and_back_is_the_same_distance(a, b):
    assert km(*a, *b) == pytest.approx(km(*b, *a), abs=1e-6)
    assert 0 <= km(*a, *b) <= math.pi * 6371.1


@given(points, points, points)
def test_a_detour_is_never_shorter(a, b, c):
    assert km(*a, *c) <= km(*a, *b) + km(*b, *c) + 1e-3


@pytest.mark.parametrize(
    ("a", "b", "true_km"),
    [
        ((50.6292, 3.0573), (50.6927, 3.1778), 11.0),  # Lille – Roubaix
        ((50.6292, 3.0573), (49.8942, 2.2957), 98.0),  # Lille – Amiens
        ((48.8566, 2.3522), (43.2965, 5.3698), 660.5),  # Paris – Marseille
    ],
)
def test_known_distances_are_right_within_half_a_percent(a, b, true_km):
    assert km(*a, *b) == pytest.approx(true_km, rel=0.005)


def test_a_distance_is_said_no_more_exactly_than_it_is_known():
    lille, roubaix = (50.6292, 3.0573), (50.6927, 3.1778)
    assert str(distance_between((*lille, "exact"), (*roubaix, "exact"))) == "environ 11\u00a0km"
    assert str(distance_between((*lille, "exact"), (*roubaix, "epci"))) == "environ 10\u00a0km"
    assert str(distance_between((*lille, "exact"), (*lille, "exact"))) == "tout près"
    assert str(distance_between((*lille, "epci"), (*lille, "epci"))) == "environ 5\u00a0km"


GAZETTEER = Gazetteer.from_package()


def test_the_gazetteer_finds_by_name_largest_first():
    [lille] = GAZETTEER.by_name("lille")
    assert (lille.code, lille.departement) == ("59350", "59")
    north, belfort = GAZETTEER.by_name("croix")
    assert (north.departement, belfort.departement) == ("59", "90")
    assert GAZETTEER.by_name("atlantis") == ()
    assert GAZETTEER.longest_words >= 6


def test_the_gazetteer_finds_by_postcode():
    assert [place.name for place in GAZETTEER.by_postcode("59100")] == ["Roubaix"]
    served = GAZETTEER.by_postcode("59310")
    assert len(served) > 1
    assert [p.population for p in served] == sorted((p.population for p in served), reverse=True)
    assert GAZETTEER.by_postcode("00000") == ()


def test_the_gazetteer_knows_the_parts_of_a_town_unless_a_commune_bears_the_name():
    assert [place.name for place in GAZETTEER.by_name("lomme")] == ["Lille"]
    for name in ("lille", "saint denis"):
        assert all(normalise(place.name) == name for place in GAZETTEER.by_name(name))


def test_every_commune_is_found_by_its_name_and_its_postcodes():
    for c in data.table().communes:
        assert c.code in {place.code for place in GAZETTEER.by_name(normalise(c.name))}
        for postcode in c.postcodes.split():
            assert c.code in {place.code for place in GAZETTEER.by_postcode(postcode)}
