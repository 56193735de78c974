"""The pages of the directory, as the people of the cast see them."""

import pytest
from django.db import connection
from django.urls import reverse

from callcare.directory.actions import merge_organisations
from callcare.directory.models import Channel, Organisation, Person
from callcare.territories.models import Territory
from callcare.territories.rules import slips
from tests import cast
from tests.queries import same_number_of_queries

pytestmark = pytest.mark.django_db


def get(client, who, door, /, *args, **query):
    client.force_login(who())
    return client.get(reverse(f"directory:{door}", args=args), query)


def post(client, who, door, /, *args, **facts):
    client.force_login(who())
    return client.post(reverse(f"directory:{door}", args=args), facts)


def text(page) -> str:
    return " ".join(page.content.decode().split())


def test_the_list_is_filtered_and_its_cost_does_not_grow(client):
    cast.claire()
    client.force_login(cast.marion())
    client.get(reverse("directory:list"))  # what is asked once in a process is not counted
    with same_number_of_queries() as measure:
        assert measure(lambda: client.get(reverse("directory:list"))) <= 12
        for number in range(20):
            cast.organisation(f"Maison {number}", commune=cast.lens())
        measure(lambda: client.get(reverse("directory:list")))
    assert "Maison 3" in text(get(client, cast.marion, "list", q="maison 3"))
    assert "Atelier" not in text(get(client, cast.marion, "list", commune="Lens"))
    assert "Aucune organisation" in text(get(client, cast.marion, "list", q="zzz"))


@pytest.mark.parametrize("typed", ["Atelie du Canl", "03.53.01.12.01", "claire@canal.test", "delattre"])
def test_the_search_finds_and_opens_the_one_it_is_sure_of(client, typed):
    cast.claire()
    page = get(client, cast.marion, "search", q=typed)
    if page.status_code == 302:
        page = client.get(page.url)
    assert "Atelier du Canal" in text(page)
    fragment = client.get(reverse("directory:search"), {"q": typed}, headers={"hx-request": "true"})
    assert "Atelier du Canal" in text(fragment)
    assert "<html" not in text(fragment)


def test_the_page_shows_people_and_numbers_to_the_desks(client):
    cast.claire()
    page = text(get(client, cast.marion, "page", cast.workshop().ref))
    assert 'href="tel:+33353011201">03 53 01 12 01</a>' in page
    assert 'href="mailto:claire@canal.test"' in page
    assert "Claire Delattre" in page


@pytest.mark.parametrize("who", [cast.stephane, cast.samir])
def test_others_read_the_organisation_without_its_people(client, who):
    cast.claire()
    page = text(get(client, who, "page", cast.workshop().ref))
    assert "Atelier du Canal" in page
    assert "Delattre" not in page
    assert "0353011201" not in page.replace(" ", "")
    assert "Modifier" not in page


def test_a_partner_sees_her_own_only(client):
    assert get(client, cast.samir, "page", cast.mill().ref).status_code == 404
    assert get(client, cast.samir, "list").status_code == 403
    assert get(client, cast.ada, "page", cast.mill().ref).status_code == 403


@pytest.mark.parametrize("ref", ["O-0000-000", "zzz", "B-7K3Q-2F4"])
def test_a_wrong_reference_is_not_found(client, ref):
    for name in ("page", "edit", "person_new", "channel_new"):
        assert get(client, cast.marion, name, ref).status_code == 404


NEW = {
    "name": "La Ruche",
    "kind": "association",
    "commune": "Lens",
    "qui-last_name": "Durand",
    "qui-phone": "03 53 01 12 70",
}


def test_a_new_organisation_with_who_speaks_for_it(client):
    cast.lens()
    assert get(client, cast.marion, "new", name="La Ruche").status_code == 200
    page = post(client, cast.marion, "new", **NEW, networks="Un, Deux")
    house = Organisation.objects.get(name="La Ruche")
    assert page.url == reverse("directory:page", args=[house.ref])
    assert (house.commune, house.networks) == (cast.lens(), ["Un", "Deux"])
    assert house.people.get().channels.get().value == "+33353011270"


def test_a_page_that_waits_for_the_new_organisation_gets_it_back(client):
    cast.lens()
    page = post(client, cast.marion, "new", **NEW, retour="/guichet/")
    assert page.url == f"/guichet/?organisation={Organisation.objects.get(name='La Ruche').ref}"
    page = post(client, cast.marion, "new", **NEW | {"name": "Autre", "qui-phone": ""}, retour="//ailleurs.test/")
    assert page.url.startswith("/annuaire/O-")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("siret", "7328293200007", "Il manque un chiffre"), ("siret", "73282932000075", "La clé ne correspond pas"),
     ("qui-phone", "03 53", "Il manque des chiffres"), ("qui-email", "claire", "Il manque le « @ »"),
     ("name", "", "obligatoire"),
     ("commune", "Nulle-Part", "Aucune commune"), ("kind", "zzz", "Sélectionnez un choix")],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_the_field_and_the_rest_is_kept(client, field, value, said):
    cast.lens()
    page = post(client, cast.marion, "new", **NEW | {field: value, "description": "Ne pas perdre ceci"})
    assert page.status_code == 422
    assert said in text(page)
    assert "Ne pas perdre ceci" in text(page)
    assert "<title>Erreur : " in text(page)
    assert not Organisation.objects.filter(name="La Ruche").exists()


@cast.enters
def _words_of_communes():
    """The vocabulary a near spelling is looked up in, as the import of the communes writes it."""
    with connection.cursor() as cursor:
        for name in Territory.objects.communes().values_list("search_name", flat=True):
            facts = (name, 1, sorted(slips(name)))
            cursor.execute("INSERT INTO territories_placeword (word, weight, slips) VALUES (%s, %s, %s)", facts)


def test_a_slip_in_a_commune_is_answered_with_what_may_be_meant_and_one_notice_says_all(client):
    cast.commune("59599", "Tourcoing", "59200", 50.72, 3.16)
    _words_of_communes()
    page = post(client, cast.marion, "new", **NEW | {"commune": "Turcoin", "qui-phone": "03 53"})
    assert page.status_code == 422
    assert "Vouliez-vous dire Tourcoing (59) ?" in text(page)
    assert text(page).count("Il reste quelque chose à corriger") == 1
    assert 'list="id_commune_communes"' in page.content.decode()


def test_a_commune_of_many_names_is_asked_for(client):
    cast.commune("62001", "Beaumont", "62100", 50.1, 2.1)
    cast.commune("80001", "Beaumont", "80100", 50.2, 2.2)
    page = post(client, cast.marion, "new", **NEW | {"commune": "BEAUMONT"})
    assert "Beaumont (62) ou Beaumont (80)" in text(page)
    for typed in ("Beaumont (80)", "80100", "80100 beaumont"):
        post(client, cast.marion, "new", **NEW | {"commune": typed, "name": f"Maison {typed}"}, quand_meme="1")
        assert Organisation.objects.get(name=f"Maison {typed}").commune.code == "80001"


def test_probable_duplicates_are_shown_before_saving_and_may_be_overruled(client):
    cast.workshop()
    facts = {"name": "Atelie du Canl", "kind": "association", "commune": "Roubaix", "description": "Gardé"}
    page = post(client, cast.marion, "new", **facts)
    assert page.status_code == 422
    assert "nom proche et même commune" in text(page)
    assert "Créer quand même" in text(page)
    assert text(page).index("Enregistrer l’organisation") < text(page).index('name="quand_meme"'), (
        "Enter overrules nothing"
    )
    assert "Gardé" in text(page)
    assert not Organisation.objects.filter(name="Atelie du Canl").exists()
    post(client, cast.marion, "new", **facts, quand_meme="1", because="autre antenne")
    assert Organisation.objects.filter(name="Atelie du Canl").exists()


def test_a_taken_siret_is_refused_even_so(client):
    cast.mill(siret="73282932000074")
    page = post(client, cast.marion, "new", name="X", kind="company", siret="73282932000074", quand_meme="1")
    assert "Une organisation porte déjà ce SIRET" in text(page)


def test_a_new_caller_in_one_go_from_the_console(client):
    cast.lens()
    facts = {
        "name": "La Ruche",
        "kind": "association",
        "commune": "Lens",
        "last_name": "Durand",
        "phone": "0353011270",
    }
    page = text(post(client, cast.marion, "quick", **facts))
    house, durand = Organisation.objects.get(name="La Ruche"), Person.objects.get(last_name="Durand")
    assert f'data-organisation="{house.ref}" data-person="{durand.pk}"' in page
    again = post(client, cast.marion, "quick", **facts)
    assert again.status_code == 422
    assert "même téléphone" in text(again)
    assert post(client, cast.marion, "quick", name="").status_code == 422


def test_the_second_editor_is_told_and_keeps_her_text(client):
    house = cast.workshop()
    facts = {"kind": "association", "commune": "Roubaix (59)", "version": 1}
    assert "Roubaix (59)" in text(get(client, cast.marion, "edit", house.ref))
    assert post(client, cast.marion, "edit", house.ref, name="Atelier du Grand Canal", **facts).status_code == 302
    page = post(client, cast.nathalie, "edit", house.ref, name="Atelier du Petit Canal", **facts)
    assert page.status_code == 422
    assert "Cette fiche a changé pendant que vous écriviez" in text(page)
    assert 'value="Atelier du Petit Canal"' in text(page)
    assert (
        post(client, cast.nathalie, "edit", house.ref, **facts | {"name": "Le Petit Canal", "version": 2}).status_code
        == 302
    )


def test_people_and_numbers_are_added_corrected_and_retired(client):
    house = cast.workshop()
    assert get(client, cast.marion, "person_new", house.ref).status_code == 200
    assert post(client, cast.marion, "person_new", house.ref, first_name="Inès").status_code == 422
    post(client, cast.marion, "person_new", house.ref, last_name="Durand", phone="03 53 01 12 70 poste 4")
    ines = Person.objects.get(last_name="Durand")
    assert "poste 4" in text(get(client, cast.marion, "page", house.ref))
    assert "03 53 01 12 70" in text(get(client, cast.marion, "person", house.ref, ines.pk))
    post(client, cast.marion, "person", house.ref, ines.pk, last_name="Durand", role="directrice", version=1)
    ines.refresh_from_db()
    assert ines.role == "directrice"
    assert "Il manque des chiffres" in text(
        post(client, cast.marion, "channel_new", house.ref, value="03 5", use="direct")
    )
    post(client, cast.marion, "channel_new", house.ref, value="accueil@canal.test", use="switchboard", is_public="on")
    mine = Channel.objects.get(value="accueil@canal.test")
    assert (mine.organisation, mine.is_public) == (house, True)
    post(client, cast.marion, "channel_new", house.ref, value="ines@canal.test", use="direct", pour=ines.pk)
    assert Channel.objects.get(value="ines@canal.test").person == ines
    post(client, cast.marion, "channel_retire", house.ref, mine.pk, because="changée")
    mine.refresh_from_db()
    assert mine.use == "former"
    assert post(client, cast.marion, "channel_retire", cast.mill().ref, mine.pk, because="x").status_code == 404
    assert get(client, cast.marion, "person", cast.mill().ref, ines.pk).status_code == 404


def test_two_records_are_compared_merged_and_taken_apart(client):
    kept = cast.workshop()
    double = cast.organisation("Asso Atelie du Canal", commune=cast.roubaix(), siret="73282932000074")
    cast.need(organisation=double)
    assert "nom proche et même commune" in text(get(client, cast.marion, "duplicates"))
    page = text(get(client, cast.marion, "merge", kept.ref, double.ref))
    assert "complété" in page
    assert "Besoins" in page
    assert "Dites en un mot" in text(post(client, cast.marion, "merge", kept.ref, double.ref, because=""))
    assert post(client, cast.marion, "merge", kept.ref, double.ref, because="la même").status_code == 302
    assert get(client, cast.marion, "page", double.ref).url == reverse("directory:page", args=[kept.ref])
    assert "Défaire la fusion" in text(get(client, cast.marion, "page", kept.ref))
    assert "Aucun doublon" in text(get(client, cast.marion, "duplicates"))
    post(client, cast.marion, "undo", double.ref, because="erreur")
    double.refresh_from_db()
    assert double.merged_into is None
    assert post(client, cast.marion, "undo", double.ref, because="erreur").status_code == 404


def test_one_person_recorded_twice_is_made_one(client):
    house, claire = cast.workshop(), cast.claire()
    twice = cast.person(house, "Claire", "Delatre", phone="+33353011271", email="cd@canal.test")
    assert "Enregistrée deux fois" in text(get(client, cast.marion, "person", house.ref, claire.pk))
    post(client, cast.marion, "merge_people", house.ref, claire.pk, autre=twice.pk, because="la même")
    twice.refresh_from_db()
    assert twice.merged_into == claire
    assert post(client, cast.marion, "merge_people", house.ref, claire.pk, autre="zzz", because="x").status_code == 404


def test_no_page_costs_more_than_twelve_queries(client, django_assert_max_num_queries):
    kept, double = cast.workshop(), cast.organisation("Asso Atelie du Canal", commune=cast.roubaix())
    cast.claire()
    merge_organisations(kept, cast.organisation("Vieux Canal"), by=cast.marion(), because="la même")
    for number in range(4):
        cast.person(kept, "", f"Personne {number}", phone=f"+3335301130{number}", email=f"p{number}@canal.test")
    client.force_login(cast.marion())
    client.get(reverse("directory:merge", args=[kept.ref, double.ref]))
    for name, args in (
        ("list", ()), ("search", ()), ("new", ()), ("duplicates", ()), ("page", [kept.ref]), ("edit", [kept.ref]),
        ("person", [kept.ref, cast.claire().pk]), ("merge", [kept.ref, double.ref]),
    ):  # fmt: skip
        with django_assert_max_num_queries(12):
            client.get(reverse(f"directory:{name}", args=args), {"q": "canal"})
