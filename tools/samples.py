"""Make the two sample spreadsheets of `samples/` (see docs/imports.md).

    python tools/samples.py [FOLDER]

Fictitious bodies and people; telephone numbers of the ranges kept for fiction (03 53 01, 06 39 98), addresses in
.test, SIRETs whose key is right and whose SIREN begins with 000. The same script gives the same bytes.
"""

import csv
import io
import sys
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import xlsxwriter
from stdnum import luhn

ROOT = Path(__file__).resolve().parents[1]
LINES = 200
FIRST_DAY = date(2027, 1, 4)

TOWNS = [
    ("59000", "Lille"),
    ("59100", "Roubaix"),
    ("59200", "Tourcoing"),
    ("59140", "Dunkerque"),
    ("59300", "Valenciennes"),
    ("59500", "Douai"),
    ("62300", "Lens"),
    ("62000", "Arras"),
    ("62400", "Béthune"),
    ("62100", "Calais"),
    ("59400", "Cambrai"),
    ("59600", "Maubeuge"),
    ("62800", "Liévin"),
    ("59280", "Armentières"),
]
ASKERS = [
    "Maison des Tisserands",
    "Foyer du Beffroi",
    "Atelier du Terril",
    "Les Passerelles",
    "Club des Courées",
    "École des Deux Canaux",
    "Entraide du Moulin",
    "Le Relais des Briques",
    "Cap Estaminet",
    "Jardin des Houblons",
    "Collège de la Lys",
    "Les Mains du Pays",
    "Tremplin des Dunes",
    "Lycée du Marais",
]
GIVERS = [
    "Brasserie du Haut-Pont",
    "Filature des Trois Ponts",
    "Transports Vanhove",
    "Imprimerie de la Deûle",
    "Verrerie du Cateau",
    "Mutuelle du Beffroi",
    "Cordages de la Côte",
    "Menuiserie Lefort",
    "Biscuiterie du Quai",
    "Assurances du Moulin",
    "Garage des Flandres",
    "Ateliers de l’Escaut",
    "Conserverie du Ternois",
]
PEOPLE = [
    "Claire Delattre",
    "Hugo Vasseur",
    "Nora Lemaire",
    "Paul Caron",
    "Inès Dubrulle",
    "Marc Wattel",
    "Léa Bonnet",
    "Karim Leroy",
    "Anne Flament",
    "Louis Decroix",
    "Sofia Masson",
    "Yves Carlier",
    "Jade Pruvost",
]
WANTED: list[tuple[str, Any, str]] = [
    ("ordinateurs portables", 12, "lycéens"),
    ("webcams", 6, "étudiants"),
    ("clés 4G", 8, "collégiens"),
    ("chaussures de sécurité", 15, "stagiaires"),
    ("heures de soutien scolaire", 20, "collégiens"),
    ("une salle de réunion", 1, "demandeurs d’emploi"),
    ("imprimantes", 2, "élèves"),
    ("bureaux", "une dizaine", "étudiants"),
    ("une tondeuse", 1, "demandeurs d’emploi"),
    ("vélos", 5, "apprentis"),
    ("places de stage", 10, "élèves"),
    ("tablettes", "une vingtaine", "élèves"),
    ("heures de mentorat", 12, "étudiants"),
    ("une camionnette", 1, ""),
    ("livres", 40, "élèves"),
]
OFFERED: list[tuple[str, str, str, str]] = [
    ("ordinateur portable", "30", "pièces", "parc renouvelé, à venir chercher"),
    ("écran", "une vingtaine", "", "avec leurs câbles"),
    ("soutien scolaire", "6", "heures", "deux salariés volontaires"),
    ("journée de RTT", "8", "jours", "don de nos équipes"),
    ("salle de réunion", "1", "", "le soir et le samedi"),
    ("chaussures de sécurité", "25", "pièces", "pointures 38 à 45"),
    ("préparation aux entretiens", "4", "demi-journées", ""),
    ("mobilier", "18", "pièces", "bon état"),
    ("camionnette", "1", "", "prêt le week-end"),
    ("stage", "3", "places", "élèves de troisième"),
    ("don d’argent", "", "", "pour l’équipement numérique"),
    ("compétence informatique", "2", "jours", ""),
    ("visite d’entreprise", "selon les besoins", "", ""),
]


def siret(number: int) -> str:
    """A SIRET with the right keys, of a SIREN nobody has."""
    siren = f"00{number:06}"
    siren += luhn.calc_check_digit(siren)
    return siren + "0001" + luhn.calc_check_digit(siren + "0001")


def phone(number: int, *, mobile: bool = False) -> str:
    head = "063998" if mobile else "035301"
    digits = f"{head}{number % 10_000:04}"
    return " ".join(digits[i : i + 2] for i in range(0, 10, 2))


def address(name: str, body: str) -> str:
    plain = str.maketrans("éèêïîëçàâôûœ’ -", "eeeiiecaaouo...")
    return f"{name.lower().translate(plain)}@{body.rsplit(maxsplit=1)[-1].lower().translate(plain).strip('.')}.test"


def needs() -> list[list[Any]]:
    """The table of a field office: a title above, real days and numbers, the phone column eaten by the spreadsheet."""
    header = [
        "Structure",
        "Type de structure",
        "SIRET",
        "Commune de la structure",
        "Contact",
        "Fonction",
        "Téléphone",
        "Courriel",
        "Besoin",
        "Quantité",
        "Public",
        "Nb de personnes",
        "Avant le",
        "Code postal",
        "Ville",
        "Remarques",
    ]
    rows: list[list[Any]] = [["Recensement des besoins – hiver 2027"], [], header]
    wanted = cycle(WANTED)
    for n in range(LINES):
        body = n % 70
        town, place = TOWNS[body % len(TOWNS)], TOWNS[(n * 5 + 2) % len(TOWNS)]
        name = f"{ASKERS[body % len(ASKERS)]} de {town[1]}" if body < 14 else f"{ASKERS[body % 14]} {body // 14 + 1}"
        who, (thing, count, public) = PEOPLE[body % len(PEOPLE)], next(wanted)
        number: Any = phone(1000 + body)
        if n % 9 == 4:
            number = int(number.replace(" ", ""))  # the zero is gone
        elif n % 11 == 5:
            number = f"{number} / {phone(2000 + body, mobile=True)}"
        rows.append(
            [
                name,
                "établissement scolaire" if name.startswith(("École", "Coll", "Lyc")) else "association",
                siret(1000 + body) if body % 3 else "",
                town[1],
                who,
                "coordination" if body % 2 else "direction",
                number,
                address(who, name.split(" de ", maxsplit=1)[0].rstrip(" 12345")),
                thing,
                count,
                public,
                5 + n % 20 if n % 4 else "",
                FIRST_DAY + timedelta(days=60 + n) if n % 6 else "",
                int(place[0]),
                place[1],
                "à joindre le matin" if n % 10 == 3 else "",
            ]
        )
    return rows


def commitments() -> list[list[str]]:
    """The table of a network of employers, as a French spreadsheet writes it to CSV."""
    header = [
        "Entreprise",
        "SIRET",
        "Ville",
        "Interlocuteur",
        "Tél.",
        "E-mail",
        "Catégorie",
        "Offre",
        "Qté",
        "Unité",
        "Montant (€)",
        "Disponible à partir du",
        "Jusqu’au",
        "Confirmé",
        "Commentaires",
    ]
    rows, offered = [header], cycle(OFFERED)
    for n in range(LINES):
        body = n % 60
        town, who = TOWNS[(body * 3) % len(TOWNS)][1], PEOPLE[(body * 2 + 1) % len(PEOPLE)]
        name = GIVERS[body % len(GIVERS)] + (f" – agence {body // len(GIVERS) + 1}" if body >= len(GIVERS) else "")
        category, count, unit, words = next(offered)
        start = FIRST_DAY + timedelta(days=n % 90)
        money = f"{1 + n % 9} {n % 2 * 5}00,00" if category == "don d’argent" else ""
        rows.append(
            [
                name,
                siret(5000 + body) if body % 2 else "",
                town,
                who,
                phone(3000 + body).replace(" ", "."),
                address(who, GIVERS[body % len(GIVERS)]),
                category,
                f"{category} – lot {n // len(OFFERED) + 1}",
                count,
                unit,
                money,
                f"{start:%d/%m/%y}" if n % 3 else "",
                f"{start + timedelta(days=200):%d/%m/%Y}",
                "oui" if n % 4 == 0 else "",
                words,
            ]
        )
    return rows


def workbook(rows: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "Besoins", "created": datetime(2027, 1, 4, tzinfo=UTC).replace(tzinfo=None)})
    sheet = book.add_worksheet("Besoins")
    days, bold = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"bold": True})
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(line, column, datetime(cell.year, cell.month, cell.day), days)  # noqa: DTZ001
            elif cell != "":
                sheet.write(line, column, cell, bold if line in {0, 2} else None)
    sheet.freeze_panes(3, 1)
    sheet.set_column(0, 15, 18)
    book.close()
    return out.getvalue()


def text(rows: list[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(rows)
    return out.getvalue().encode("cp1252")


def main(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "besoins.xlsx").write_bytes(workbook(needs()))
    (folder / "engagements.csv").write_bytes(text(commitments()))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "samples")
