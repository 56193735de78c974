"""What each column of a table is about, by the French words of its header; and on which line the header stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from callcare.desk.sheets.reading import Cell, Sheet, Unreadable
from callcare.directory.rules.names import folded

LOOKED_THROUGH = 25  # lines above which a header may stand, under a title
SEVERAL = frozenset({"phone", "email", "note"})  # two columns of these are both read

# First the exact headers, each once; then words that say it inside a longer header, tried in this order.
EXACT: Mapping[str, tuple[str, ...]] = {
    "organisation": (
        "organisation", "structure", "nom de la structure", "nom de l organisation", "nom organisation",
        "nom structure", "association", "entreprise", "organisme", "etablissement", "raison sociale", "demandeur",
        "contributeur", "donateur", "denomination", "partenaire", "nom de l association", "nom de l entreprise",
    ),
    "org_kind": ("nature", "type de structure", "type d organisation", "statut", "forme juridique"),
    "siren": ("siren", "n siren", "numero siren"),
    "siret": ("siret", "n siret", "numero siret"),
    "rna": ("rna", "n rna", "numero rna", "waldec"),
    "org_commune": (
        "commune de la structure", "ville de la structure", "commune de l organisation", "ville de l organisation",
        "siege", "commune du siege", "ville du siege",
    ),
    "org_postcode": ("code postal de la structure", "code postal de l organisation", "code postal du siege"),
    "address": ("adresse", "adresse postale", "rue"),
    "website": ("site", "site web", "site internet"),
    "person": ("contact", "interlocuteur", "interlocutrice", "referent", "personne a contacter", "responsable"),
    "last_name": ("nom du contact", "nom de l interlocuteur", "nom contact", "nom de famille"),
    "first_name": ("prenom", "prenom du contact", "prenom contact"),
    "role": ("fonction", "poste", "qualite", "role"),
    "phone": ("tel", "telephone", "telephones", "portable", "mobile", "fixe", "numero", "numero de telephone"),
    "email": ("mail", "email", "e mail", "mel", "courriel", "adresse mail", "adresse e mail", "adresse electronique"),
    "category": ("categorie", "article", "type de besoin", "type de don", "type d engagement", "type d offre"),
    "text": (
        "besoin", "besoins", "demande", "engagement", "offre", "don", "proposition", "intitule", "objet",
        "description du besoin", "description de l offre", "description de l engagement", "en une phrase", "libelle",
    ),
    "quantity": (
        "quantite", "qte", "qte demandee", "quantite demandee", "quantite offerte", "nombre", "nb", "combien",
    ),
    "unit": ("unite", "unites"),
    "amount": ("montant", "somme", "budget", "montant en euros", "euros"),
    "commune": ("commune", "ville", "lieu", "localite", "commune du besoin", "lieu du besoin", "lieu de l offre"),
    "postcode": ("code postal", "cp", "code postal du lieu"),
    "starts": ("a partir du", "date de debut", "debut", "du", "disponible a partir du", "disponible le", "des le"),
    "ends": (
        "avant le", "pour le", "date limite", "date de fin", "fin", "echeance", "au", "jusqu au", "delai",
        "besoin pour le", "valable jusqu au", "date souhaitee",
    ),
    "said_on": ("date", "date de la demande", "date de l appel", "recu le", "date de reception", "horodateur"),
    "audience": ("public", "publics", "public vise", "pour qui", "situation"),
    "people": (
        "personnes", "nombre de personnes", "nb de personnes", "nb personnes", "personnes concernees", "effectif",
        "personnes accompagnees",
    ),
    "mode": ("mode", "don ou pret", "don pret"),
    "every": ("rythme", "frequence", "periodicite"),
    "level": ("niveau", "confirme", "annonce ou confirme"),
    "priority": ("urgence", "priorite", "urgent"),
    "note": ("note", "notes", "remarque", "remarques", "commentaire", "commentaires", "observation", "observations",
             "precisions", "description"),
}  # fmt: skip
INSIDE: tuple[tuple[str, str], ...] = (
    ("siret", "siret"), ("siren", "siren"), ("rna", "rna"), ("courriel", "email"), ("mail", "email"),
    ("telephone", "phone"), ("tel", "phone"), ("portable", "phone"), ("prenom", "first_name"),
    ("nom de la structure", "organisation"), ("structure", "organisation"), ("association", "organisation"),
    ("code postal", "postcode"), ("commune", "commune"), ("ville", "commune"), ("quantite", "quantity"),
    ("categorie", "category"), ("date limite", "ends"), ("montant", "amount"), ("contact", "person"),
    ("commentaire", "note"), ("besoin", "text"), ("public", "audience"),
)  # fmt: skip
ALONE = {"organisations": {"nom": "organisation", "type": "org_kind", "ville": "org_commune", "description": "note"}}
NEEDED = {
    "needs": ("organisation", "text"),
    "commitments": ("organisation", "text"),
    "organisations": ("organisation",),
}
_SAID = {
    "organisation": "« Structure » (qui)", "text": "« Besoin », « Engagement » ou « Catégorie » (quoi)",
}  # fmt: skip
_WORDS = {word: field for field, words in EXACT.items() for word in words}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: its number as the spreadsheet shows it, and its cells by field, in column order."""

    number: int
    cells: Mapping[str, tuple[Cell, ...]]
    headers: Mapping[str, str]  # field → the header as written
    raw: tuple[Cell, ...]
    wrong: tuple[str, ...] = ()  # headers of the cells that hold an error


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its header understood."""

    sheet: str
    header_line: int
    header: tuple[str, ...]
    unknown: tuple[str, ...]  # headers nobody reads: kept in the file only
    lines: tuple[Line, ...]
    is_text: bool


def table(sheets: Sequence[Sheet], what: str) -> Table:
    """The first sheet that has the columns needed for `what`, below its header. Raises Unreadable."""
    best: tuple[int, Sheet, int] | None = None
    for sheet in sheets:
        for index, row in enumerate(sheet.rows[:LOOKED_THROUGH]):
            known = len({field for field in fields_of(row, what) if field})
            if best is None or known > best[0]:
                best = (known, sheet, index)
    if best is None or not any(cell != "" for one in sheets for row in one.rows for cell in row):
        raise Unreadable("Ce fichier est vide.")
    known, sheet, index = best
    fields = fields_of(sheet.rows[index], what)
    missing = [name for name in NEEDED[what] if not _has(fields, name)]
    if missing:
        asked = " ni ".join(_SAID[name] for name in missing)
        raise Unreadable(
            f"On ne trouve pas de colonne {asked} dans les {LOOKED_THROUGH} premières lignes."
            " Donnez un titre à chaque colonne, sur une seule ligne."
        )
    found = _below(sheet, index, fields)
    if not found.lines:
        raise Unreadable("Ce tableau n’a aucune ligne sous ses titres : il n’y a rien à importer.")
    return found


def _has(fields: Iterable[str], name: str) -> bool:
    return name in fields or (name == "text" and "category" in fields)


def fields_of(row: Sequence[Cell], what: str) -> list[str]:
    """The field of each cell of a header, "" where nobody knows it (or knows it already)."""
    taken: set[str] = set()
    fields: list[str] = []
    for cell in row:
        field = _field(folded(cell), what) if isinstance(cell, str) else ""
        fields.append("" if field in taken and field not in SEVERAL else field)
        taken.add(field)
    return fields


def _field(said: str, what: str) -> str:
    if not said or len(said) > 60:
        return ""
    if said in ALONE.get(what, {}):
        return ALONE[what][said]
    if said in _WORDS:
        return _WORDS[said]
    packed = f" {said} "
    return next((field for words, field in INSIDE if f" {words} " in packed or f" {words}s " in packed), "")


def _below(sheet: Sheet, index: int, fields: list[str]) -> Table:
    header = tuple(str(cell).strip() for cell in sheet.rows[index])
    named = {field: name for field, name in reversed(list(zip(fields, header, strict=True))) if field}
    lines = []
    for number, row in enumerate(sheet.rows[index + 1 :], index + 2):
        wrong = tuple(
            name
            for column, name in enumerate(header)
            if (number, column) in sheet.wrong
        )  # fmt: skip
        if not wrong and not any(cell != "" for cell in row):
            continue
        cells: dict[str, tuple[Cell, ...]] = {}
        for field, cell in zip(fields, row, strict=False):
            if field and cell != "":
                cells[field] = (*cells.get(field, ()), cell)
        lines.append(Line(number, cells, named, row, wrong))
    unknown = tuple(name for name, field in zip(header, fields, strict=True) if name and not field)
    return Table(sheet.name, index + 1, header, unknown, tuple(lines), sheet.is_text)
