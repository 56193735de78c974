"""`./callcare import`: what a spreadsheet does, line by line."""

from datetime import date

import pytest

from callcare.commitments.models import Commitment
from callcare.desk.enums import CaseState
from callcare.desk.models import OutgoingMail
from callcare.directory.models import Channel, Organisation, Person
from callcare.needs.models import Need
from tests import cast
from tests.imports.stage import CLAIRE, GOOD, HEADER, as_csv, as_ods, as_xlsx, counts, run, set_up

pytestmark = pytest.mark.django_db
SIRET = "73282932000074"
BY = ("--by", "marion@call-care.test")


@pytest.fixture(autouse=True)
def stage():
    set_up()


@pytest.fixture
def file(tmp_path):
    def write(rows, name="besoins.csv", make=as_csv, **more):
        path = tmp_path / name
        path.write_bytes(rows if isinstance(rows, bytes) else make(rows, **more))
        return path

    return write


def test_a_dry_run_says_everything_and_writes_nothing(file):
    before = counts()
    code, said = run(file([HEADER, *GOOD]))
    assert code == 0
    assert "ligne     2  créer" in said
    assert "Enregistrer le besoin « ordinateurs portables pour lycéens »" in said
    assert "3 lignes : créer 3." in said
    assert "Rien n’est écrit. Pour écrire : --apply" in said
    assert counts() == before


def test_apply_writes_by_the_normal_deeds(file):
    code, said = run(file([HEADER, *GOOD]), "needs", "--apply", *BY)
    assert code == 0, said
    assert "C’est écrit." in said
    need = Need.objects.get(title="ordinateurs portables pour lycéens")
    line = need.lines.get()
    assert (line.category.code, line.qty_requested) == ("laptop", 12)
    assert (need.commune, need.ends_on, need.audience) == (cast.roubaix(), date(2027, 4, 30), "school")
    assert (need.state, need.owner) == (CaseState.OPEN, cast.marion())
    assert need.interaction.channel == "import"
    assert (need.interaction.state, need.interaction.dispositions) == ("final", ["need"])
    assert str(need.person) == "Claire Delattre"
    assert set(need.person.channels.values_list("value", flat=True)) == {"+33353011201", "claire@canal.test"}
    assert Organisation.objects.get(name="Foyer des Prés").channels.get().value == "+33353011203"
    assert OutgoingMail.objects.count() == 0


def test_without_an_operator_the_needs_are_to_qualify(file):
    assert run(file([HEADER, *GOOD]), "needs", "--apply")[0] == 0
    assert set(Need.objects.values_list("state", flat=True)) == {CaseState.TO_QUALIFY}
    assert Need.objects.get(title="webcams").lines.get().qty_requested == 3


def test_the_same_file_again_writes_nothing_even_with_its_columns_in_another_order(file):
    assert run(file([HEADER, *GOOD]), "needs", "--apply", *BY)[0] == 0
    before = counts()
    code, said = run(file([HEADER, *GOOD]), "needs", "--apply", *BY)
    assert (code, "3 lignes : déjà importé 3." in said) == (0, True)
    turned = [list(reversed(row)) for row in [HEADER, *GOOD]]
    assert "déjà importé 3" in run(file(turned), "needs", "--apply", *BY)[1]
    louder = [HEADER, *([cell.upper() if cell == "webcams" else cell for cell in row] for row in GOOD)]
    assert "déjà importé 3" in run(file(louder, "a.xlsx", as_xlsx), "needs", "--apply", *BY)[1]
    assert counts() == before


TOLD = [
    (
        4, "ordinateurs portables pour lycéens", "ordinateur portable : 12 pièces, Roubaix, avant le 30/04/2027",
        "Atelier du Canal",
    ),
    (5, "webcams", "webcam : 3 pièces, Lille, avant le 03/05/2027", "Maison du Pont"),
    (6, "une tondeuse", "tondeuse : 1 pièce, Lens, avant le 01/06/2027", "Foyer des Prés"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "make", "more"),
    [
        ("a.csv", as_csv, {}),
        ("a.csv", as_csv, {"separator": ",", "encoding": "cp1252"}),
        ("a.txt", as_csv, {"separator": "\t", "encoding": "utf-8"}),
        ("a.xlsx", as_xlsx, {}),
        ("a.ods", as_ods, {}),
    ],
)
def test_every_format_of_the_same_table_says_the_same(file, name, make, more):
    rows = [["Besoins du collectif, printemps"], [], HEADER, *GOOD]
    _, said = run(file(rows, name, make, **more))
    lines = [line for line in said.splitlines() if line.startswith("ligne ")]
    assert lines == [
        f"ligne     {number}  créer         Enregistrer le besoin « {title} » ({what})"
        f" de la nouvelle organisation « {who} »."
        for number, title, what, who in TOLD
    ]


BROKEN = [
    HEADER,
    GOOD[0],
    ["Maison du Pont", "73282932000075", "", "", "", "webcams", 3, "", "Lille"],
    GOOD[2],
    ["Foyer des Prés", "", "", "03 53 01", "", "webcams", "beaucoup", "31/02/2027", "Lensse"],
    ["", "", "", "", "personne", "webcams", -3, "", "Lille"],
]


NO_COMMUNE = (
    "erreur : colonne « Commune » : « Lensse » : Aucune commune de ce nom ni de ce code postal."
    " Vérifiez l’orthographe."
)
NO_NUMBER = (
    "erreur : colonne « Quantité » : On ne lit pas de nombre dans « beaucoup »."
    " Écrivez par exemple 12, 2,5 ou « une dizaine »."
)


def test_errors_are_said_by_line_and_column(file):
    code, said = run(file(BROKEN))
    assert code == 1
    lines = [line.strip() for line in said.splitlines()]
    at = {
        number: lines.index(next(line for line in lines if line.startswith(f"ligne     {number}")))
        for number in (3, 5, 6)
    }
    assert lines[at[3] : at[3] + 2] == [
        "ligne     3  erreur",
        "erreur : colonne « SIRET » : La clé ne correspond pas : un chiffre est faux, ou deux sont inversés.",
    ]
    assert lines[at[5] + 1 : at[6]] == [
        NO_COMMUNE,
        "erreur : colonne « Téléphone » : Il manque des chiffres : un numéro français en a 10, en voici 6.",
        NO_NUMBER,
        "erreur : colonne « Avant le » : Cette date n’existe pas : « 31/02/2027 ». Corrigez-la.",
    ]
    assert lines[at[6] + 1 : at[6] + 4] == [
        "erreur : colonne « Structure » : Il manque le nom de l’organisation. Complétez la cellule.",
        "erreur : colonne « Courriel » : Il manque le « @ » de l’adresse.",
        "erreur : colonne « Quantité » : Une quantité n’est pas négative : -3. Corrigez-la.",
    ]
    assert "5 lignes : créer 2, erreur 3." in said


def test_one_wrong_line_and_nothing_is_written(file):
    before = counts()
    code, said = run(file(BROKEN), "needs", "--apply", *BY)
    assert code == 1
    assert "3 lignes à corriger : rien n’est écrit." in said
    assert counts() == before


def test_partial_writes_the_good_lines_and_gives_back_the_others(file):
    path = file(BROKEN)
    code, said = run(path, "needs", "--apply", "--partial", *BY)
    assert code == 3
    assert Need.objects.count() == 2
    back = path.with_name("besoins.csv.refus.csv")
    assert str(back) in said
    text = back.read_bytes().decode("utf-8-sig")
    assert text.splitlines()[0].endswith("Commune;Ligne du fichier;Ce qui ne va pas")
    assert len(text.splitlines()) == 4
    corrected = text.replace("73282932000075", "").replace("03 53 01;", ";").replace("beaucoup", "12")
    corrected = corrected.replace("31/02/2027", "").replace("Lensse", "Lens").replace(";;;;personne", "Pont;;;;")
    code, said = run(file(corrected.replace("-3", "3").encode()), "needs", "--apply", *BY)
    assert (code, Need.objects.count()) == (0, 5), said


def test_asked_again_is_a_repeat_and_stays_one(file):
    run(file([HEADER, *GOOD]), "needs", "--apply", *BY)
    again = [*CLAIRE, "encore des ordinateurs portables", 5, "", "Roubaix"]
    code, said = run(file([HEADER, again]), "needs", "--apply", *BY)
    assert (code, "réitération 1" in said) == (0, True)
    need = Need.objects.get(title="ordinateurs portables pour lycéens")
    assert need.repeats == 1
    assert "déjà importé 1" in run(file([HEADER, again]), "needs", "--apply", *BY)[1]
    need.refresh_from_db()
    assert need.repeats == 1


def test_commitments_are_announced_unless_they_say_more(file):
    header = ["Entreprise", "Ville", "Catégorie", "Qté", "Unité", "Montant", "Confirmé", "Offre"]
    rows = [
        ["Filature Verlinde", "Lille", "ordinateur portable", "une quarantaine", "", "", "oui", ""],
        ["Filature Verlinde", "Lille", "soutien scolaire", "2", "demi-journées", "", "", "aide aux devoirs"],
        ["Banque du Nord", "Lille", "", "", "", "3 000,50 €", "", "pour chaussures de sécurité"],
        ["Banque du Nord", "Lille", "webcam", "selon les besoins", "", "", "", ""],
    ]
    code, said = run(file([header, *rows]), "commitments", "--apply", *BY)
    assert code == 0, said
    laptops, hours, money, webcams = Commitment.objects.order_by("pk")
    assert (laptops.level, laptops.lines.get().qty_offered) == ("confirmed", 40)
    assert (hours.level, hours.lines.get().qty_offered) == ("announced", 420)
    assert (money.lines.get().measure, money.lines.get().qty_offered) == ("cent", 300_050)
    assert not webcams.lines.get().is_countable
    assert Organisation.objects.count() == 2


def test_organisations_are_entered_then_completed_then_known(file):
    header = ["Nom", "Type", "Ville", "Téléphones", "Site web"]
    row = ["Atelier du Canal", "Association", "59100 Roubaix", "353011201", "www.canal.test"]
    assert "créer 1" in run(file([header, row]), "organisations", "--apply", *BY)[1]
    body = Organisation.objects.get()
    assert (body.kind, body.website, body.commune) == ("association", "https://www.canal.test", cast.roubaix())
    assert "déjà importé 1" in run(file([header, row]), "organisations", "--apply", *BY)[1]
    more = [*header[:3], "Contact", "Tél", "SIRET"]
    fuller = [
        "ATELIER DU CANAL",
        "",
        "Roubaix",
        "DELATTRE Claire",
        "06 39 98 12 34 / 03 53 01 12 01",
        "73282932000074",
    ]
    assert "rattacher 1" in run(file([more, fuller]), "organisations", "--apply", *BY)[1]
    body.refresh_from_db()
    assert (body.siret, body.siren) == (SIRET, SIRET[:9])
    claire = Person.objects.get()
    assert (claire.first_name, claire.last_name) == ("Claire", "Delattre")
    assert Channel.objects.filter(person=claire).count() == 2
    assert Organisation.objects.count() == 1


def test_a_very_large_quantity_is_asked_about(file):
    rows = [HEADER, ["Atelier du Canal", "", "", "", "", "ordinateurs portables", "5 000", "", "Roubaix"]]
    code, said = run(file(rows))
    assert code == 1
    assert (
        "colonne « Quantité » : À confirmer : 5\u202f000 est beaucoup. Corrigez, ou relancez avec --yes-large." in said
    )
    assert run(file(rows), "needs", "--yes-large")[0] == 0


def test_ten_times_the_median_is_asked_about_too(file):
    rows = [["Atelier du Canal", "", "", "", "", f"webcams {n}", n, "", "Roubaix"] for n in (3, 4, 5, 6, 7, 300)]
    code, said = run(file([HEADER, *rows]))
    assert (code, said.count("plus de 10 fois la valeur médiane")) == (1, 1)


def test_who_is_helped_is_left_out_with_a_word(file):
    header = [*HEADER, "Remarques"]
    row = [*CLAIRE, "un ordinateur portable pour Kévin Dupuis", 1, "", "Roubaix", "appeler le 06 39 98 12 34"]
    code, said = run(file([header, row]), "needs", "--apply", *BY)
    assert code == 0
    assert "à voir : colonne « Besoin » : « K••• D••• » : On dirait le nom d’une personne." in said
    need = Need.objects.get()
    assert "Kévin" not in need.title + need.typed + need.description
    assert "06 39" not in need.description + need.interaction.summary
    assert "Kévin" not in said


def test_merged_cells_speak_for_every_line(file):
    rows = [HEADER, GOOD[0], ["", "", "", "", "", "webcams", 3, "", "Roubaix"]]
    code, said = run(file(rows, "a.xlsx", as_xlsx, merged=[(1, 2, 0)]), "needs", "--apply", *BY)
    assert code == 0, said
    assert set(Need.objects.values_list("organisation__name", flat=True)) == {"Atelier du Canal"}


def test_two_desks_must_be_told_apart(file):
    cast.amiens_desk()
    path = file([HEADER, *GOOD])
    assert run(path) == (1, "Il y a plusieurs guichets : ajoutez --desk (amiens, lille).")
    assert run(path, "needs", "--desk", "lille")[0] == 0
    cast.amelie()
    assert "ne tient pas" in run(path, "needs", "--desk", "lille", "--by", "amelie@call-care.test")[1]
    assert "Aucun compte" in run(path, "needs", "--desk", "lille", "--by", "nobody@call-care.test")[1]


def test_one_file_is_one_page_of_history(file):
    run(file([HEADER, *GOOD]), "needs", "--apply", *BY)
    contexts = set()
    for need in Need.objects.all():
        contexts |= {(event.pgh_context_id, event.pgh_context.metadata["verb"]) for event in need.events.all()}
    assert len(contexts) == 1
    assert contexts.pop()[1] == "import.file"


def test_no_formula_survives_the_way_out_and_back(file):
    nasty = ["=1+1", "+33353011201", "-2", "@SUM(A1)", "\t=2", "plain"]
    for text in nasty:
        row = [text, "", "", "", "", "webcams", "beaucoup", "", "Lille"]
        path = file([HEADER, GOOD[0], row])
        assert run(path, "needs", "--apply", "--partial")[0] == 3
        back = path.with_name("besoins.csv.refus.csv").read_bytes().decode("utf-8-sig").splitlines()[-1]
        assert not back.startswith(("=", "+", "@", "\t"))
        again = file(path.with_name("besoins.csv.refus.csv").read_bytes(), "retour.csv")
        _, said = run(again)
        assert "« beaucoup »" in said
        assert "Structure" not in said
