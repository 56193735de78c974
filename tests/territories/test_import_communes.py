"""The official file replaces what we guessed: said first, written when asked."""

import json

import pytest
from django.core.management import CommandError, call_command

from callcare.core.deeds import Refused
from callcare.territories import official
from callcare.territories.actions import import_communes, load_communes
from callcare.territories.models import PostCode, Territory
from callcare.territories.search import search

LA_POSTE = """#Code_commune_INSEE;Nom_de_la_commune;Code_postal;Libellé_d_acheminement;Ligne_5;coordonnees_gps
59143;LA CHAPELLE D ARMENTIERES;59930;LA CHAPELLE D ARMENTIERES;;50.6724, 2.8986
59350;LILLE;59000;LILLE;;50.6317, 3.0478
59350;LILLE;59160;LILLE;LOMME;50.6317, 3.0478
59350;LILLE;59260;LILLE;HELLEMMES LILLE;50.6317, 3.0478
59350;LILLE;59777;LILLE;;50.6317, 3.0478
59350;LILLE;59800;LILLE;;50.6317, 3.0478
98735;TAPUTAPUATEA;98735;TAPUTAPUATEA;;-16.8,-151.4
"""
API = [
    {
        "nom": "Lille-Nouvelle", "code": "59350", "codesPostaux": ["59000"], "codeDepartement": "59",
        "codeEpci": "200093201", "population": 240000, "centre": {"type": "Point", "coordinates": [3.0468, 50.6311]},
    },
    {"nom": "L'Autre-Ville", "code": "59999", "codesPostaux": ["59998"], "codeDepartement": "59", "population": 12},
]  # fmt: skip


@pytest.fixture
def nord(db):
    load_communes(by=None, departements=["59"])


def commune(code):
    return Territory.objects.communes().get(code=code)


def test_a_dry_run_says_what_would_change_and_changes_nothing(nord):
    before = list(Territory.objects.order_by("pk").values())
    result = import_communes(LA_POSTE.encode(), by=None)
    assert result.errors == result.created == []
    assert result.changed == [
        "La Chapelle-d’Armentières (59143) : position : moyenne de son intercommunalité → point de la commune",
        "Lille (59350) : position déplacée",
    ]
    assert (result.lines, result.outside, result.is_applied) == (7, 1, False)
    assert list(Territory.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_file_of_the_post_makes_points_exact_and_leaves_names_alone(nord, encoding):
    assert import_communes(LA_POSTE.encode(encoding), by=None, apply=True).is_applied
    there = commune("59143")
    assert (there.name, there.precision, there.lat, there.lon) == (
        "La Chapelle-d’Armentières", "exact", 50.6724, 2.8986,
    )  # fmt: skip
    assert PostCode.objects.filter(commune__code="59350").count() == 5
    again = import_communes(LA_POSTE.encode(encoding), by=None)
    assert again.changed == again.created == []


def test_the_state_s_api_renames_counts_and_creates(nord):
    result = import_communes(json.dumps(API).encode(), by=None, apply=True)
    assert result.created == ["L’Autre-Ville (59999)"]
    assert len(result.changed) == 1
    lille, new = commune("59350"), commune("59999")
    assert (lille.name, lille.population, lille.lat, lille.lon) == ("Lille-Nouvelle", 240_000, 50.6311, 3.0468)
    assert (new.departement.code, new.region.code, new.precision, new.lat) == ("59", "32", "none", None)
    assert search("autre ville")[0].code == "59999"
    assert search("59998")[0].code == "59999"


def test_loading_our_table_again_does_not_undo_an_official_point(nord):
    import_communes(LA_POSTE.encode(), by=None, apply=True)
    load_communes(by=None, departements=["59"])
    assert (commune("59143").precision, commune("59143").lat) == ("exact", 50.6724)


def test_the_arrondissements_give_their_postcodes_to_the_town(db):
    load_communes(by=None, departements=["75"])
    text = "code;nom;code_postal;latitude;longitude\n75101;PARIS 01;75001;48.86;2.33\n75116;PARIS 16;75116;48.8;2.2\n"
    result = import_communes(text.encode(), by=None, apply=True)
    assert len(result.changed) == 1
    assert set(PostCode.objects.values_list("code", flat=True)) == {"75001", "75116"}
    assert commune("75056").lat == 48.8534


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("5935X;Lille;59000;;", "Ligne 2 : « 5935X » n’est pas un code INSEE."),
        (";Lille;59000;;", "Ligne 2 : le code INSEE manque."),
        ("59350;Lille;5900O;;", "Ligne 2 : « 5900O » n’est pas un code postal."),
        ("59350;Lille;59000;500.1;3", "Ligne 2 : le point 500.1, 3.0 n’est pas sur la Terre."),
        ("59350;Lille;59000;nord;3", "Ligne 2 : « nord », « 3 » : ce point n’est pas en degrés."),
        ("59998;;59000;;", "Ligne 2 : 59998 est inconnue, et son nom manque."),
    ],
)
def test_a_wrong_line_is_told_by_its_number_and_nothing_is_written(nord, line, sentence):
    raw = f"Code INSEE;Nom;Code postal;Latitude;Longitude\n{line}\n59512;Autre;59100;;\n".encode()
    assert import_communes(raw, by=None).errors == [sentence]
    with pytest.raises(Refused, match="1 erreur dans ce fichier"):
        import_communes(raw, by=None, apply=True)
    assert commune("59512").name == "Roubaix"


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "Ligne 1 : aucune colonne ne porte le code INSEE"),
        (b"a;b\n1;2\n", "Ligne 1 : aucune colonne ne porte le code INSEE"),
        (b"[{", "Ligne 1 : ce JSON est incomplet"),
        (b'{"a": 1}', "Ligne 1 : une liste de communes est attendue."),
        (b"[1]", "Ligne 1 : une liste de communes est attendue."),
        (b"\xff\xfe\x00\x01", "Ligne 1 : aucune colonne"),
    ],
)
def test_a_file_that_is_something_else_says_so(raw, sentence):
    [error] = official.read(raw).errors
    assert error.startswith(sentence)


def test_the_list_of_insee_leaves_delegated_communes_aside():
    text = "TYPECOM,COM,REG,DEP,LIBELLE\nCOM,59350,32,59,Lille\nCOMD,59355,32,59,Lomme\nCOM,2A004,94,2A,Ajaccio\n"
    reading = official.read(text.encode())
    assert {code: told.name for code, told in reading.communes.items()} == {"59350": "Lille", "2A004": "Ajaccio"}


def test_the_command_says_then_does(nord, tmp_path, capsys):
    file = tmp_path / "communes.csv"
    file.write_text(LA_POSTE, encoding="utf-8")
    call_command("import_communes", file)
    said = capsys.readouterr().out
    assert "2 communes à changer" in said
    assert "Rien n’est écrit." in said
    call_command("import_communes", file, apply=True)
    assert "C’est écrit." in capsys.readouterr().out
    assert commune("59143").precision == "exact"


def test_the_command_fails_on_a_wrong_file(nord, tmp_path):
    file = tmp_path / "communes.csv"
    file.write_text("code;nom\nXX;Rien\n", encoding="utf-8")
    with pytest.raises(CommandError, match="1 erreur"):
        call_command("import_communes", file, apply=True)
    with pytest.raises(CommandError, match="ne se lit pas"):
        call_command("import_communes", tmp_path / "absent.csv")
