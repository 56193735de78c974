"""A commune is found while it is spelled: letters, postcode or code, and in spite of a slip."""

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from callcare.territories import data
from callcare.territories.actions import load_communes
from callcare.territories.enums import FoundBy
from callcare.territories.models import PlaceWord, PostCode, Territory
from callcare.territories.search import meant, search
from tests import cast

REGION = ["02", "59", "60", "62", "80", "75", "90"]
KNOWN = [c for c in data.table().communes if c.departement in REGION]


@pytest.fixture(scope="module")
def communes(django_db_setup, django_db_blocker):
    """The communes of seven départements, loaded once for this file and taken away after it."""
    with django_db_blocker.unblock():
        load_communes(by=None, departements=REGION)
        yield
        PlaceWord.objects.all().delete()
        PostCode.objects.all().delete()
        Territory.objects.communes().delete()
        Territory.objects.filter(level="departement").delete()
        Territory.objects.all().delete()


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("communes")]


def labels(text, **how):
    return [found.label for found in search(text, **how)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("lille", "Lille (59)"),
        ("LIL", "Lille (59)"),
        ("roub", "Roubaix (59)"),
        ("st omer", "Saint-Omer (62)"),
        ("Saint-Omer", "Saint-Omer (62)"),
        ("villeneuve dascq", "Villeneuve-d’Ascq (59)"),
        ("Villeneuve d'Ascq", "Villeneuve-d’Ascq (59)"),
        ("ascq", "Villeneuve-d’Ascq (59)"),
        ("bruay s/ l'escaut", "Bruay-sur-l’Escaut (59)"),
        ("saint andre les lille", "Saint-André-lez-Lille (59)"),
        ("mons en baroeul", "Mons-en-Barœul (59)"),
        ("59100 Roubaix", "Roubaix (59)"),
        ("ROUBAIX CEDEX", "Roubaix (59)"),
        ("Roubaix (59)", "Roubaix (59)"),
        ("croix 90", "Croix (90)"),
        ("Paris 11", "Paris (75)"),
        ("59512", "Roubaix (59)"),
        ("75011", "Paris (75)"),
    ],
)
def test_what_is_typed_leads_to_the_commune(typed, first):
    assert labels(typed)[0] == first


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("roubeix", "Roubaix (59)"),
        ("lile", "Lille (59)"),
        ("tourcoign", "Tourcoing (59)"),
        ("dunkerke", "Dunkerque (59)"),
        ("valensiennes", "Valenciennes (59)"),
        ("saint omre", "Saint-Omer (62)"),
        ("wattrellos", "Wattrelos (59)"),
        ("mons en bareul", "Mons-en-Barœul (59)"),
    ],
)
def test_a_slip_is_forgiven_when_nothing_else_is_found(typed, meant):
    first = search(typed)[0]
    assert (first.label, first.by) == (meant, FoundBy.CLOSE)


def test_a_part_of_a_town_leads_to_the_town():
    first = search("lomme")[0]
    assert (first.label, first.by, first.met) == ("Lille (59)", FoundBy.OTHER_NAME, "Lomme")


def test_a_postcode_comes_before_the_code_that_looks_like_it():
    """59350 is the postcode of Saint-André-lez-Lille and the INSEE code of Lille: people know their postcode."""
    found = search("59350")
    assert [(one.label, one.by) for one in found] == [
        ("Saint-André-lez-Lille (59)", FoundBy.POSTCODE),
        ("Lille (59)", FoundBy.CODE),
    ]


def test_a_postcode_half_typed_gives_its_largest_communes():
    found = search("591", limit=3)
    assert found[0].label == "Lille (59)"
    assert [one.population for one in found] == sorted((one.population for one in found), reverse=True)
    assert all(one.met.startswith("591") for one in found)


def test_namesakes_come_by_population_and_the_exact_name_first():
    assert labels("croix")[:2] == ["Croix (59)", "Croix (90)"]
    first = labels("lens")[0]
    assert first == "Lens (62)"


def test_with_the_same_population_the_nearer_comes_first():
    Territory.objects.communes().filter(name="Croix").update(population=5)
    belfort = Territory.objects.communes().get(name="Belfort")
    lille = Territory.objects.communes().get(name="Lille")
    assert labels("croix", near=belfort)[:2] == ["Croix (90)", "Croix (59)"]
    assert labels("croix", near=lille)[:2] == ["Croix (59)", "Croix (90)"]


@pytest.mark.parametrize("nothing", ["", "   ", "—", "xqzzw", "99999", "%", "' OR 1=1", "a & b | !c", "\x00"])
def test_nothing_sensible_finds_nothing_and_breaks_nothing(nothing):
    assert isinstance(search(nothing), list)
    assert search("  ") == search("") == search("xqzzw") == search("99999") == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(KNOWN), st.data())
def test_every_commune_is_found_by_its_name_its_label_its_postcode_and_its_code(commune, draw):
    def codes(text):
        return {one.code for one in search(text, limit=40)}

    assert commune.code in codes(commune.name)
    assert commune.code in codes(commune.name.upper().replace("-", " "))
    assert search(f"{commune.name} ({commune.departement})")[0].code == commune.code
    assert commune.code in codes(draw.draw(st.sampled_from(commune.postcodes.split())))
    assert commune.code in codes(commune.code)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_whatever_is_typed_is_no_error(text):
    assert len(search(text, limit=5)) <= 5


@pytest.mark.parametrize(
    ("typed", "choices"),
    [
        ("Roubaix", ["Roubaix (59)"]),
        ("59100", ["Roubaix (59)"]),
        ("Croix", ["Croix (59)", "Croix (90)"]),
        ("Croix (90)", ["Croix (90)"]),
        ("boulogne sur m", ["Boulogne-sur-Mer (62)"]),
        ("roubeix", []),
        ("", []),
    ],
)
def test_a_field_left_means_one_commune_or_asks(typed, choices):
    assert [found.label for found in meant(typed)] == choices


def test_a_search_is_one_statement(django_assert_num_queries):
    for typed in ("lille", "591", "saint", "villeneuve ascq"):
        with django_assert_num_queries(1):
            search(typed)


def test_the_cast_is_found_too():
    assert search(cast.lens().name)[0].code == "62498"
