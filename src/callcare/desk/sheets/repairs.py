"""One cell read as a person means it: numbers, days, telephone numbers, identifiers. Raises Wrong with a sentence.

Spreadsheets eat leading zeros, write numbers as 8,3E+13, days as a count from 1900, and people write « une dizaine ».
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from stdnum import luhn

from callcare.core.french import MONTHS
from callcare.desk.rules.capture.numbers import quantity_at
from callcare.desk.rules.capture.tokens import Line
from callcare.desk.sheets.reading import ERROR, Cell
from callcare.directory.rules import Wrong, emails, identifiers, phones
from callcare.directory.rules.names import folded

MOST = 10**9
FIRST_SERIAL = date(1899, 12, 30)  # day 0 of spreadsheets, which believe that 29 February 1900 existed
_SCIENTIFIC = re.compile(r"\d([.,]\d+)?\s*[eE]\+?\d+")
_LOST = "Le tableur a abrégé ce numéro ({}) : mettez la colonne au format texte et tapez-le en entier."


def text(cells: Sequence[Cell]) -> str:
    """All that stands in these cells, in one line; raises Wrong for a cell that holds an error of the spreadsheet."""
    said = " ; ".join(shown(cell) for cell in cells)
    if ERROR.fullmatch(said):
        raise Wrong(f"La cellule contient une erreur du tableur ({said}). Corrigez la formule, ou tapez la valeur.")
    return " ".join(said.split())


def shown(cell: Cell) -> str:
    """A cell as people write it: 30/04/2021, 12, 2,5."""
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return str(cell).replace(".", ",") if isinstance(cell, float) else str(cell)


def quantity(cell: Cell) -> Decimal:
    """« 1 234,50 », 12, « une dizaine », « environ 30 », « 12 ordinateurs » (the number it begins with)."""
    if isinstance(cell, date):
        raise Wrong("Le tableur a pris ce nombre pour une date : retapez-le, la colonne au format nombre.")
    found = _figures(str(cell)) if not isinstance(cell, str) else _figures(text([cell]))
    if found is None:
        found = _said(str(cell))
    if found is None:
        raise Wrong(f"On ne lit pas de nombre dans « {cell} ». Écrivez par exemple 12, 2,5 ou « une dizaine ».")
    if found < 0:
        raise Wrong(f"Une quantité n’est pas négative : {cell}. Corrigez-la.")
    if found == 0:
        raise Wrong("La quantité est zéro. Donnez au moins un, ou retirez la ligne.")
    if found > MOST:
        raise Wrong("Cette quantité dépasse un milliard. Corrigez-la.")
    return found


def _figures(said: str) -> Decimal | None:
    """Figures alone: French and English signs, thousands parted by spaces, points or commas."""
    packed = re.sub(r"(€|\beuros?\b|\beur\b)", "", said.lower())
    packed = re.sub(r"[\s’']", "", packed)
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+,\d+|[+-]?\d{1,3}(\.\d{3}){2,}", packed):
        packed = packed.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+\.\d+|[+-]?\d{1,3}(,\d{3}){2,}", packed):
        packed = packed.replace(",", "")
    elif re.fullmatch(r"[+-]?\d+,\d+", packed):
        packed = packed.replace(",", ".")
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?(e\+?\d+)?", packed) or len(packed) > 40:
        return None
    try:
        return Decimal(packed)
    except InvalidOperation:
        return None


def _said(said: str) -> Decimal | None:
    if re.match(r"\s*-\s*\d", said):
        return _figures(match[0]) if (match := re.match(r"\s*-\s*[\d\s]+", said)) else None
    found = quantity_at(Line(said), 0)
    return found.value if found else None


def whole(cell: Cell) -> int:
    """A number of people, or of anything that is not cut in two."""
    found = quantity(cell)
    if found != found.to_integral_value():
        raise Wrong(f"Ce nombre doit être entier : {shown(cell)}.")
    return int(found)


def day(cell: Cell, *, today: date) -> date:
    """ISO, 30/04/2021, 30/4/21, 30/4 (the next one), 30 avril, a spreadsheet's serial day, or a real day."""
    if isinstance(cell, date):
        return _plausible(cell, cell)
    said = text([cell])
    if re.fullmatch(r"\d{5}([.,]\d+)?", said):
        return _plausible(FIRST_SERIAL + timedelta(days=int(said[:5])), cell)
    parts = _iso(said) or _slashed(said) or _in_words(said)
    if parts is None:
        raise Wrong(f"On ne lit pas de date dans « {said} ». Écrivez par exemple 30/04/{today.year}.")
    year, month, number = parts
    try:
        if year is not None:
            return _plausible(date(year, month, number), cell)
        return _next(month, number, today)
    except ValueError as error:
        raise Wrong(f"Cette date n’existe pas : « {said} ». Corrigez-la.") from error


def _plausible(found: date, cell: Cell) -> date:
    if not 2000 <= found.year <= 2100:
        raise Wrong(f"L’année de « {shown(cell)} » n’est pas plausible. Corrigez-la.")
    return found


def _next(month: int, number: int, today: date) -> date:
    for year in range(today.year, today.year + 9):
        if (month, number) != (2, 29) or year % 4 == 0:
            found = date(year, month, number)
            if found >= today:
                return found
    raise ValueError


def _iso(said: str) -> tuple[int | None, int, int] | None:
    match = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", said)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _slashed(said: str) -> tuple[int | None, int, int] | None:
    match = re.fullmatch(r"(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{4}|\d{2}))?(?: \d{1,2}:\d{2}(?::\d{2})?)?", said)
    return (_year(match[3]), int(match[2]), int(match[1])) if match else None


def _in_words(said: str) -> tuple[int | None, int, int] | None:
    match = re.fullmatch(r"(?:[a-z]+di |dimanche |le |avant le |du )*(\d{1,2})(?:er)? ([a-z]+)\.?(?: (\d{4}))?",
                         folded(said))  # fmt: skip
    if not match:
        return None
    months = [n for n, name in enumerate(MONTHS, 1) if folded(name).startswith(match[2]) and len(match[2]) >= 3]
    return (_year(match[3]), months[0], int(match[1])) if len(months) == 1 else None


def _year(said: str | None) -> int | None:
    return None if not said else int(said) + (2000 if len(said) == 2 else 0)


def has_year(cell: Cell) -> bool:
    """Is the year of this day written, or only supposed?"""
    said = "" if isinstance(cell, date) else str(cell)
    return isinstance(cell, date) or bool(re.search(r"\d{4}|\d[/.\- ]\d{1,2}[/.\- ]\d{2}", said))


def telephones(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Every number in these cells, E.164; the zero a spreadsheet ate is put back. Raises Wrong."""
    found: list[str] = []
    for cell in cells:
        said = text([cell])
        if _SCIENTIFIC.fullmatch(said):
            raise Wrong(_LOST.format(said))
        found += [number for number in _numbers(said) if number not in found]
    return tuple(found)


def _numbers(said: str) -> list[str]:
    # Several first: what follows a letter (« … ou 06 … ») would otherwise be taken for an extension, and lost.
    pieces = [piece for piece in re.split(r"[;,|\n]|\bou\b|\bet\b|/| - ", said) if re.search(r"\d", piece)]
    many = [phones.parse(_with_zero(piece)) for piece in pieces]
    if len(many) > 1 and all(phone.value.startswith("+") for phone in many):
        return [phone.value for phone in many]
    return [phones.number(_with_zero(said)).value]


def _with_zero(said: str) -> str:
    digits = re.sub(r"\D", "", said)
    if re.fullmatch(r"[1-9]\d{8}", digits) and "+" not in said:
        return f"0{digits}"
    if re.fullmatch(r"33[1-9]\d{8}", digits):
        return f"+{digits}"
    return said


def addresses(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Every e-mail address in these cells. Raises Wrong."""
    found: list[str] = []
    for cell in cells:
        for piece in re.split(r"[;,|/\n]|\s+ou\s+|\s+et\s+|(?<=\w)\s+(?=\S+@)", text([cell])):
            if piece.strip() and (address := emails.address(piece)) not in found:
                found.append(address)
    return tuple(found)


def siret(cell: Cell) -> str:
    """The fourteen digits, with the zeros a spreadsheet ate. Raises Wrong."""
    return identifiers.siret(_identifier(cell, 14))


def siren(cell: Cell) -> str:
    return identifiers.siren(_identifier(cell, 9))


def _identifier(cell: Cell, length: int) -> str:
    said = text([cell])
    if _SCIENTIFIC.fullmatch(said):
        raise Wrong(_LOST.format(said))
    digits = re.sub(r"[\s.\-_/]", "", said)
    # Two zeros at the head may be lost in silence, never so many that another number is made up: the key says so.
    if digits.isdigit() and length - 2 <= len(digits) < length and luhn.is_valid(digits.zfill(length)):
        return digits.zfill(length)
    return said


def name(said: str) -> tuple[str, str]:
    """First name and last name: « Mme Claire Delattre », « DELATTRE Claire », « Delattre »."""
    words = re.sub(r"^(?:M\.|MM?|Mr\.?|Mme\.?|Mlle|Monsieur|Madame|Mademoiselle)\s+", "", said.strip()).split()
    capitals = [word for word in words if word.isupper() and len(word) > 1]
    if capitals and len(capitals) < len(words):
        return " ".join(word for word in words if word not in capitals), " ".join(capitals).title()
    return (words[0], " ".join(words[1:])) if len(words) > 1 else ("", " ".join(words))
