"""While the caller spells a name, the operator sees whom she may mean."""

import pytest
from django.db import connection

from callcare.core.deeds import deed
from callcare.directory.models import Channel, Organisation
from callcare.directory.rules import names
from callcare.directory.search import find_organisations
from tests import cast
from tests.cast import CastVerb

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known():
    cast.claire()
    cast.hugo()
    cast.organisation("Centre social de l’Épeule", kind="association", commune=cast.roubaix())
    cast.organisation("Association Cœur d’Amiens", commune=cast.amiens())
    cast.organisation("Centre communal d’action sociale de Lens", kind="local_authority", commune=cast.lens())
    cast.organisation("Canaux et Rivières", kind="company", siren="732829320", siret="73282932000074")


def found(text: str) -> list[str]:
    return [hit.name for hit in find_organisations(text)]


@pytest.mark.parametrize(
    "typed",
    ["atelier du canal", "Atelier", "canal atel", "ATELIER-DU-CANAL", "atel can", "association l’atelier du canal",
     "canal roubaix", "asso canal"],
)  # fmt: skip
def test_letters_in_any_order_find_it(typed):
    assert found(typed)[0] == "Atelier du Canal"


@pytest.mark.parametrize("typed", ["epeule", "Épeule", "centre social epe", "l'epeule", "l’Épeule"])
def test_accents_and_apostrophes_do_not_matter(typed):
    assert found(typed) == ["Centre social de l’Épeule"]


def test_ligatures_do_not_matter():
    assert found("coeur amiens") == found("cœur amiens") == ["Association Cœur d’Amiens"]


@pytest.mark.parametrize(
    "typed", ["Atelie du Canl", "atleier canal", "ateliier du canal", "atelyer canal", "attelier canale"]
)
def test_one_slip_in_each_word_is_forgiven(typed):
    hits = find_organisations(typed)
    assert hits[0].name == "Atelier du Canal"
    assert hits[0].near


def test_a_slip_in_a_long_word_is_forgiven():
    assert found("filatrue verlinde") == found("filature verlnide") == ["Filature Verlinde"]


def test_initials_find_a_long_name():
    assert found("CCASL") == found("ccas lens") == ["Centre communal d’action sociale de Lens"]


@pytest.mark.parametrize(
    "typed",
    ["0353011201", "03 53 01 12 01", "03.53.01.12.01", "+33 3 53 01 12 01", "+33 (0)3 53 01 12 01", "0033353011201",
     "03/53/01/12/01", "33353011201", "03 53 01 12 0", "0353011201 poste 3"],
)  # fmt: skip
def test_a_number_in_any_spelling_finds_its_organisation_through_the_person(typed):
    [hit] = find_organisations(typed)
    assert (hit.name, hit.because) == ("Atelier du Canal", "+33353011201")


@pytest.mark.parametrize("typed", ["claire@canal.test", "Claire@canal.TEST", "claire@can", "@canal.test"])
def test_an_address_or_its_domain_finds_it(typed):
    assert found(typed) == ["Atelier du Canal"]


@pytest.mark.parametrize("typed", ["732 829 320 00074", "73282932000074", "732829320", "732 829 320"])
def test_an_identifier_finds_it(typed):
    assert found(typed) == ["Canaux et Rivières"]


def test_the_reference_finds_it():
    ref = Organisation.objects.get(name="Atelier du Canal").ref
    assert found(ref) == found(ref.lower()) == found(ref.replace("-", " ")) == ["Atelier du Canal"]


def test_the_name_of_a_person_finds_her_organisation():
    [hit] = find_organisations("delattre claire")
    assert (hit.name, hit.because) == ("Atelier du Canal", "Claire Delattre")


def test_a_name_that_begins_so_comes_before_a_name_that_contains_it():
    assert found("cana")[0] == "Canaux et Rivières"


@pytest.mark.parametrize(
    "typed", ["", " ", "a", "zzzzqq", "%", "'", "\\", "&|!:*()", "0", "@", "O-", "''''''", "🙂🙂🙂"]
)
def test_nothing_is_found_for_nothing_and_nothing_breaks(typed):
    assert found(typed) == []


def test_a_merged_organisation_leads_to_the_one_kept():
    double = cast.organisation("Atl Canal Roubaix", commune=cast.roubaix())
    with deed(CastVerb.ENTERS, by=None):
        Channel.objects.create(organisation=double, kind="phone", value="+33353011299")
        Organisation.objects.filter(pk=double.pk).update(merged_into=cast.workshop())
    assert found("atl canal") == ["Atelier du Canal"]
    assert found("03 53 01 12 99") == ["Atelier du Canal"]


def test_two_statements_at_most(django_assert_max_num_queries):
    for typed in ["atelier", "Atelie du Canl", "0353011201", "claire@canal.test"]:
        with django_assert_max_num_queries(2):
            find_organisations(typed)


@pytest.mark.parametrize(
    "text", ["L’Étape–Sœurs", "ÇA & là, Noël", "Straße 12", "Œuvre", "  ", "A.B.C.", "naïve Łódź", "Ÿ", "E\u0301cole"]
)
def test_the_database_and_the_rules_fold_alike(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT directory_folded(%s)", [text])
        assert cursor.fetchone()[0] == names.folded(text)
