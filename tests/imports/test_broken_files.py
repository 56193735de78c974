"""Files as they really come: protected, cut short, swollen, in every encoding. One sentence each, nothing written."""

import io
import zipfile
from datetime import date

import pytest

from callcare.desk.sheets.columns import table
from callcare.desk.sheets.reading import read
from callcare.needs.models import Need
from tests.imports.stage import CLAIRE, GOOD, HEADER, as_csv, as_ods, as_xlsx, counts, run, set_up

pytestmark = pytest.mark.django_db
BY = ("--by", "marion@call-care.test")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture(autouse=True)
def stage():
    set_up()


@pytest.fixture
def file(tmp_path):
    def write(raw, name="besoins.csv"):
        path = tmp_path / name
        path.write_bytes(raw)
        return path

    return write


def protected() -> bytes:
    """What a workbook with a password is from outside: an OLE container with one encrypted stream."""
    return OLE + b"\0" * 1016 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512


def bomb() -> bytes:
    """300 MB of zeros in 300 KB, under the name of a sheet."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(300_000_000))
    return out.getvalue()


def archive(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, said in files.items():
            made.writestr(name.replace("__", "/"), said)
    return out.getvalue()


def cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def corrupt(raw: bytes) -> bytes:
    """The archive is whole, but what is packed in it is not."""
    return raw[:60] + bytes(255 - byte for byte in raw[60:400]) + raw[400:]


TABLE = [HEADER, *GOOD]
UNREADABLE = [
    ("protected.xlsx", protected, "Ce fichier est protégé par un mot de passe"),
    ("cut.xlsx", lambda: cut(as_xlsx(TABLE)), "Ce fichier est abîmé"),
    ("cut.ods", lambda: cut(as_ods(TABLE)), "Ce fichier est abîmé"),
    ("corrupt.xlsx", lambda: corrupt(as_xlsx(TABLE)), "Ce fichier est abîmé"),
    ("corrupt.ods", lambda: corrupt(as_ods(TABLE)), "Ce fichier est abîmé"),
    ("old.xls", lambda: OLE + b"\0" * 4096, "Ce fichier est abîmé ou d’un format inconnu"),
    ("bomb.xlsx", bomb, "beaucoup trop de données"),
    ("letter.docx", lambda: archive(word__document="<w:document/>"), "d’un format inconnu"),
    ("empty.zip", archive, "Ce fichier n’est pas un tableau"),
    ("page.pdf", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "Ce fichier n’est pas un tableau"),
    ("photo.csv", lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "Ce fichier n’est pas un tableau"),
    ("nul.csv", lambda: as_csv(TABLE).replace(b"webcams", b"web\0cams"), "Ce fichier n’est pas un tableau"),
    ("nothing.csv", lambda: b"", "Ce fichier est vide"),
    ("spaces.csv", lambda: b"\xef\xbb\xbf \r\n\t\r\n", "Ce fichier est vide"),
    ("commas.csv", lambda: b";;;\r\n;;;\r\n", "vide"),
    ("nothing.xlsx", lambda: as_xlsx([]), "vide"),
    ("header.csv", lambda: as_csv([HEADER]), "aucune ligne"),
    ("header.ods", lambda: as_ods([HEADER]), "aucune ligne"),
    ("prose.txt", lambda: b"Bonjour,\nvoici nos besoins.\n", "Donnez un titre à chaque colonne"),
    ("figures.csv", lambda: b"1;2;3\n4;5;6\n", "Donnez un titre à chaque colonne"),
    ("big.csv", lambda: b"Structure;Besoin\n" + b"a;b\n" * 2_600_000, "dépasse 10 Mo"),
    ("long.csv", lambda: b"Structure;Besoin\n" + b"a;b\n" * 10_001, "dépasse 10 000 lignes"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "make", "sentence"), UNREADABLE, ids=[name for name, _, _ in UNREADABLE])
def test_a_file_that_is_no_table_gets_one_sentence(file, name, make, sentence):
    before = counts()
    for options in ((), ("--apply", *BY)):
        code, said = run(file(make(), name), "needs", *options)
        assert code == 1
        assert said.startswith(f"{name} : "), said
        assert sentence.replace("\u00a0", " ") in said.replace("\u00a0", " ").replace("\u202f", " "), said
        assert said.count("\n") == 0
        assert "Traceback" not in said
    assert counts() == before


def test_a_folder_and_a_missing_file_are_told_apart(tmp_path):
    assert run(tmp_path) == (1, f"{tmp_path} est un dossier : donnez un fichier .csv, .xlsx ou .ods.")
    missing = tmp_path / "nulle-part.csv"
    assert run(missing) == (1, f"Ce fichier n’existe pas : {missing}. Vérifiez son nom et son dossier.")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le-bom"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_every_encoding_and_separator_says_the_same(file, encoding, separator):
    text = as_csv(TABLE, separator=separator, encoding="utf-8").decode()
    raw = b"\xff\xfe" + text.encode("utf-16-le") if encoding == "utf-16-le-bom" else text.encode(encoding)
    code, said = run(file(raw))
    assert code == 0, said
    assert "« ordinateurs portables pour lycéens » (ordinateur portable : 12 pièces, Roubaix" in said
    assert "Foyer des Prés" in said
    assert "3 lignes : créer 3." in said


@pytest.mark.parametrize(("name", "make"), [("a.csv", as_xlsx), ("b.xlsx", as_csv), ("c.xls", as_ods), ("d", as_xlsx)])
def test_the_name_of_the_file_says_nothing(file, name, make):
    assert "3 lignes : créer 3." in run(file(make(TABLE), name))[1]


def test_a_hundred_columns_are_read_and_the_unknown_ones_named(file):
    more = [f"Colonne {n}" for n in range(91)]
    code, said = run(file(as_csv([[*HEADER, *more], *([*row, *map(str, range(91))] for row in GOOD)])))
    assert (code, "créer 3" in said) == (0, True)
    assert "Colonnes laissées de côté : Colonne 0, Colonne 1, Colonne 2" in said


def test_a_title_doubled_by_mistake_is_said_and_the_first_is_read(file):
    rows = [[*HEADER, "Quantité"], *([*row, 99] for row in GOOD)]
    code, said = run(file(as_csv(rows)))
    assert (code, "12 pièces" in said, "99" not in said) == (0, True, True), said
    assert "Colonnes laissées de côté : Quantité" in said


def test_merged_titles_above_the_header_do_no_harm(file):
    rows = [["Collectif du Nord", "", "", "Coordonnées", "", "Ce qui manque", "", "", ""], HEADER, *GOOD]
    assert "3 lignes : créer 3." in run(file(as_xlsx(rows), "a.xlsx"))[1]


def test_days_as_numbers_and_days_as_days_are_the_same_day(file):
    serial = (date(2027, 4, 30) - date(1899, 12, 30)).days
    rows = [
        HEADER,
        [*CLAIRE, "webcams", 4, serial, "Roubaix"],
        [*CLAIRE, "une tondeuse", 1, date(2027, 4, 30), "Roubaix"],
    ]
    assert run(file(as_xlsx(rows), "a.xlsx"), "needs", "--apply", *BY)[0] == 0
    assert set(Need.objects.values_list("ends_on", flat=True)) == {date(2027, 4, 30)}


def test_a_formula_is_never_computed_only_what_it_said(file):
    rows = [HEADER, ["=1+1", "", "", "", "", "webcams", "=2+3", "", "Roubaix"]]
    code, said = run(file(as_csv(rows)))
    assert code == 1
    assert "colonne « Quantité » : On ne lit pas de nombre dans « =2+3 »" in said
    assert "« 2 »" not in said


def test_a_changed_line_of_a_known_file_is_new_and_the_others_are_not(file):
    assert run(file(as_csv(TABLE)), "needs", "--apply", *BY)[0] == 0
    changed = [HEADER, GOOD[0], [*GOOD[1][:5], "webcams pour la visio", 4, *GOOD[1][7:]], GOOD[2]]
    code, said = run(file(as_csv(changed)), "needs", "--apply", *BY)
    assert code == 0
    assert "déjà importé 2" in said
    assert "ligne     3  réitération   Noter une réitération du besoin" in said
    assert Need.objects.count() == 3
    assert Need.objects.get(title="webcams").repeats == 1


def test_the_guilty_line_and_column_are_named_in_every_format(file):
    rows = [["Titre"], HEADER, GOOD[0], [*GOOD[1][:6], "plusieurs", *GOOD[1][7:]]]
    for name, make in (("a.csv", as_csv), ("a.xlsx", as_xlsx), ("a.ods", as_ods)):
        code, said = run(file(make(rows), name), "needs", "--apply", *BY)
        assert code == 1
        assert "ligne     4  erreur" in said, said
        assert "colonne « Quantité »" in said
    assert Need.objects.count() == 0


def test_ten_thousand_lines_are_read_whole():
    rows = [["Titre"], HEADER, *([*CLAIRE, f"webcams n° {n}", 3, "", "Roubaix"] for n in range(9_990))]
    for make in (as_csv, as_xlsx):
        found = table(read(make(rows)), "needs")
        assert (len(found.lines), found.lines[-1].number) == (9_990, 9_992)
        assert found.lines[-1].cells["text"] == ("webcams n° 9989",)
