"""The house knows the communes of France: they are loaded from the table it ships with."""

import gzip
import json
from importlib.resources import files

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from callcare.territories import data
from callcare.territories.actions import load_communes
from callcare.territories.models import PostCode, Territory
from callcare.territories.rules import km

TABLE = data.table()
KNOWN = {c.code: c for c in TABLE.communes}
# Where some towns are, read on a map: name, latitude, longitude.
TOWNS = {
    "59350": ("Lille", 50.63, 3.06), "59512": ("Roubaix", 50.69, 3.17), "59599": ("Tourcoing", 50.72, 3.16),
    "59009": ("Villeneuve-d’Ascq", 50.62, 3.14), "59650": ("Wattrelos", 50.70, 3.22),
    "59183": ("Dunkerque", 51.04, 2.38), "59606": ("Valenciennes", 50.36, 3.52), "59178": ("Douai", 50.37, 3.08),
    "62498": ("Lens", 50.43, 2.83), "62041": ("Arras", 50.29, 2.78), "62193": ("Calais", 50.95, 1.86),
    "62160": ("Boulogne-sur-Mer", 50.73, 1.61), "62119": ("Béthune", 50.53, 2.64), "59392": ("Maubeuge", 50.28, 3.97),
    "59122": ("Cambrai", 50.18, 3.23), "80021": ("Amiens", 49.89, 2.30), "80001": ("Abbeville", 50.11, 1.83),
    "02691": ("Saint-Quentin", 49.85, 3.29), "60057": ("Beauvais", 49.43, 2.08), "60159": ("Compiègne", 49.42, 2.83),
    "02408": ("Laon", 49.56, 3.62), "75056": ("Paris", 48.86, 2.35), "69123": ("Lyon", 45.76, 4.84),
    "13055": ("Marseille", 43.30, 5.37), "97411": ("Saint-Denis", -20.88, 55.45),
}  # fmt: skip


@pytest.mark.parametrize("code", TOWNS)
def test_the_table_knows_the_towns_exactly(code):
    name, lat, lon = TOWNS[code]
    town = KNOWN[code]
    assert (town.name, town.precision) == (name, "exact")
    assert km(town.lat, town.lon, lat, lon) < 3


def test_the_table_holds_all_of_france():
    assert len(KNOWN) == len(TABLE.communes) > 34_800
    assert sum(c.population for c in TABLE.communes) > 68_000_000
    assert {"971", "972", "973", "974", "976", "2A", "2B"} <= {c.departement for c in TABLE.communes}
    exact = sum(c.population for c in TABLE.communes if c.precision == "exact")
    assert exact > 0.9 * sum(c.population for c in TABLE.communes)


def test_every_commune_has_a_place_and_parents_that_exist():
    departements, epcis = {d[0] for d in TABLE.departements}, {e[0] for e in TABLE.epcis}
    for c in TABLE.communes:
        assert c.lat is not None, c
        assert c.departement in departements, c
        assert c.epci in epcis | {""}, c
        assert c.postcodes, c


def test_the_arrondissements_of_paris_belong_to_paris():
    assert {"75001", "75020", "75116"} <= set(KNOWN["75056"].postcodes.split())
    assert "75101" not in KNOWN


def test_the_packaged_file_is_small_and_names_no_machine():
    packed = files(data).joinpath("communes.json.gz").read_bytes()
    assert len(packed) < 1_500_000
    assert packed[4:8] == bytes(4)  # no date inside: the same input gives the same bytes
    assert set(json.loads(gzip.decompress(packed))) == {"regions", "departements", "epcis", "communes"}


@pytest.mark.django_db
def test_loading_twice_changes_nothing(django_assert_max_num_queries):
    first = load_communes(by=None, departements=["59"])
    with django_assert_max_num_queries(20):
        again = load_communes(by=None, departements=["59"])
    assert (first.communes, first.written, again.written) == (647, 647, 0)
    lille = Territory.objects.communes().with_parents().get(code="59350")
    assert (lille.departement.name, lille.region.name) == ("Nord", "Hauts-de-France")
    assert lille.epci.name == "Métropole Européenne de Lille"
    assert (lille.search_name, lille.other_names) == ("lille", ["Hellemmes-Lille", "Lomme"])
    codes = PostCode.objects.filter(commune=lille).order_by("code").values_list("code", flat=True)
    assert list(codes) == ["59000", "59160", "59260", "59777", "59800"]


@pytest.mark.django_db
def test_loading_mends_what_differs_and_keeps_an_exact_point():
    load_communes(by=None, departements=["59"])
    row = Territory.objects.communes().filter(code="59350")
    row.update(population=1, lat=50.5, lon=3.5)
    PostCode.objects.filter(commune__code="59350", code="59000").update(code="59999")
    assert load_communes(by=None, departements=["59"]).written == 1
    lille = row.get()
    assert (lille.population, lille.lat, lille.lon) == (238_246, 50.5, 3.5)
    codes = PostCode.objects.filter(commune=lille).values_list("code", flat=True)
    assert "59000" in codes
    assert "59999" not in codes


@pytest.mark.django_db
def test_the_command_says_what_it_did(capsys):
    call_command("load_communes", departement=["62"])
    assert capsys.readouterr().out == "887 communes dans la table ; fiches changées : 887.\n"


@pytest.mark.django_db
@pytest.mark.parametrize("broken", [{"lat": None}, {"precision": "none"}, {"lat": None, "lon": None}])
def test_a_point_without_precision_or_the_reverse_is_refused(broken):
    load_communes(by=None, departements=["90"])
    with pytest.raises(IntegrityError, match="territory_point_iff_precise"), transaction.atomic():
        Territory.objects.communes().update(**broken)


@pytest.mark.django_db
def test_a_code_stands_once_in_its_level_and_once_more_in_another():
    load_communes(by=None, departements=["32"])
    assert Territory.objects.filter(code="32").count() == 2  # the Gers and the Hauts-de-France
    with pytest.raises(IntegrityError, match="territory_code_once"), transaction.atomic():
        Territory.objects.create(level="region", code="32", name="Autre")
