"""Before saving, and on a page of its own: what may be one thing recorded twice, with the evidence."""

import pytest

from callcare.directory.duplicates import Facts, probable_duplicates
from callcare.directory.models import Channel
from callcare.directory.pairs import duplicate_pairs
from tests import cast

pytestmark = pytest.mark.django_db


def reasons(**facts):
    return {e.organisation.name: e.reasons for e in probable_duplicates(Facts(**facts))}


@pytest.mark.parametrize(
    ("name", "said"),
    [("ATELIER DU CANAL", "même nom et même commune"), ("Association Canal Atelier", "même nom et même commune"),
     ("Atelie du Canl", "nom proche et même commune"), ("Les Ateliers du Canal", "nom proche et même commune")],
)  # fmt: skip
def test_a_near_name_in_the_same_commune_is_evidence(name, said):
    cast.workshop()
    assert reasons(name=name, commune_id=cast.roubaix().pk) == {"Atelier du Canal": (said,)}


@pytest.mark.parametrize("name", ["Mission locale", "Atelier du Port", "Association", "", "Canal"])
def test_another_name_is_no_evidence(name):
    cast.workshop()
    assert reasons(name=name, commune_id=cast.roubaix().pk) == {}


def test_a_near_name_elsewhere_is_none_the_same_name_is():
    cast.workshop()
    assert reasons(name="Atelie du Canl", commune_id=cast.lens().pk) == {}
    assert reasons(name="Atelier du Canal") == {"Atelier du Canal": ("même nom",)}


def test_identifiers_are_certain():
    cast.mill(siret="73282932000074", siren="732829320")
    [evidence] = probable_duplicates(Facts(name="Tout autre", siret="73282932000074"))
    assert (evidence.reasons, evidence.is_certain) == (("même SIRET",), True)
    assert reasons(name="Verlinde filature", siren="732829320")["Filature Verlinde"] == ("même SIREN", "même nom")


def test_the_same_number_is_evidence_a_shared_one_is_not():
    cast.claire()
    assert reasons(name="Tout autre", phones=("+33353011201",)) == {"Atelier du Canal": ("même téléphone",)}
    cast.enters(Channel.objects.create)(organisation=cast.mill(), kind="phone", value="+33353010099", use="shared")
    assert reasons(name="Tout autre", phones=("+33353010099",)) == {}


def test_the_same_domain_counts_with_a_near_name_only_and_never_for_everybodys_provider():
    cast.claire()
    assert reasons(name="Canal", emails=("accueil@canal.test",)) == {"Atelier du Canal": ("même domaine de courriel",)}
    assert reasons(name="Zoo", emails=("accueil@canal.test",)) == {}
    cast.person(cast.mill(), "A", "B", phone="+33353010088", email="mill@gmail.com")
    assert reasons(name="Filature", emails=("autre@gmail.com",)) == {}


def test_the_likeliest_comes_first():
    cast.workshop()
    cast.organisation("Atelier du Canal", commune=cast.lens())
    far = cast.organisation("Tout autre", commune=cast.lens())
    cast.enters(Channel.objects.create)(organisation=far, kind="phone", value="+33353010077")
    found = probable_duplicates(Facts(name="Atelier du Canal", commune_id=cast.roubaix().pk, phones=("+33353010077",)))
    assert [e.weight for e in found] == sorted((e.weight for e in found), reverse=True)
    assert found[0].organisation.commune == cast.roubaix()


def test_three_statements_at_most(django_assert_max_num_queries):
    cast.claire()
    with django_assert_max_num_queries(3):
        probable_duplicates(Facts(name="Atelier du Canal", siret="73282932000074", phones=("+33353011201",)))


def test_planted_pairs_are_found_and_nothing_else():
    canal, roubaix = cast.workshop(), cast.roubaix()
    twice = cast.organisation("Asso Atelie du Canal", commune=roubaix)
    mill = cast.mill(siren="732829320")
    other = cast.organisation("Filature Verlinde et fils", kind="company", commune=cast.lille(), siren="732829320")
    one, two = cast.organisation("Mission locale", commune=cast.lens()), cast.organisation("ML Artois")
    for house in (one, two):
        cast.enters(Channel.objects.create)(organisation=house, kind="phone", value="+33353010066")
    cast.organisation("Canal Plus de Liens", commune=roubaix)
    cast.organisation("Secours de Lens", commune=cast.lens())
    pairs = {(p.first, p.second): p.reasons for p in duplicate_pairs()}
    assert pairs == {
        (canal, twice): ("nom proche et même commune",),
        (mill, other): ("même SIREN", "nom proche et même commune"),
        (one, two): ("même téléphone",),
    }
