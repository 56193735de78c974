"""A file becomes rows of plain cells, whatever wrote it. Formulas and macros are never run: only values are read."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import python_calamine

MOST_BYTES = 10_000_000
MOST_ROWS = 10_000
MOST_UNPACKED = 200_000_000  # a small archive may hold a very large table
ERROR = re.compile(r"#(REF|DIV/0|N/A|NAME|NULL|NUM|VALUE|VALEUR|NOM|NOMBRE|NUL)[!?]?|#N/A|Err:\d+")
_NEUTRALISED = re.compile(r"'(?=\s*[=+\-@\t\r\0])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")

Cell = str | int | float | date | bool


class Unreadable(Exception):
    """This file is no table we can read; the message says why and what to do, in French."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table as it stands: `rows[0]` is line 1. Cells are text, numbers or days; "" where there is nothing."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    is_text: bool = False  # from a CSV: numbers are still text
    wrong: frozenset[tuple[int, int]] = field(default=frozenset())  # cells (line, column from 0) that hold an error


def read(raw: bytes) -> list[Sheet]:
    """The sheets of a file, by what is in it (its name says nothing). Raises Unreadable."""
    if len(raw) > MOST_BYTES:
        raise Unreadable("Ce fichier dépasse 10 Mo. Partagez-le en plusieurs fichiers.")
    if not raw.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Unreadable("Ce fichier est vide.")
    sheets = list(_workbook(raw)) if raw[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"} else [_text(raw)]
    for sheet in sheets:
        if len(sheet.rows) > MOST_ROWS:
            raise Unreadable("Ce fichier dépasse 10 000 lignes. Partagez-le en plusieurs fichiers.")
    return sheets


def _text(raw: bytes) -> Sheet:
    text = _decoded(raw)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)))
    except csv.Error as error:
        raise Unreadable("Ce fichier CSV est abîmé : enregistrez-le de nouveau depuis le tableur.") from error
    return Sheet("", tuple(tuple(plain(cell) for cell in row) for row in rows), is_text=True)


def _decoded(raw: bytes) -> str:
    if raw[:2] in {b"\xff\xfe", b"\xfe\xff"}:  # « Texte Unicode » of a spreadsheet
        return raw.decode("utf-16", errors="replace")
    if b"\0" in raw or raw[:5] == b"%PDF-":
        raise Unreadable("Ce fichier n’est pas un tableau. Donnez un fichier .csv, .xlsx ou .ods.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    if sum(letter in text for letter in "\x01\x02\x03\x04\x05\x06\x0e\x0f") > 1:
        raise Unreadable("Ce fichier n’est pas un tableau. Donnez un fichier .csv, .xlsx ou .ods.")
    return text


def _separator(text: str) -> str:
    """The sign that cuts the lines of the beginning most evenly: ; , or tab."""
    lines = [line for line in text.splitlines()[:30] if line.strip()]

    def weight(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        most = max(set(counts), key=lambda n: (counts.count(n) * bool(n), n), default=0)
        return counts.count(most) * bool(most), most

    return max(";\t,", key=weight)


def _workbook(raw: bytes) -> Iterator[Sheet]:
    if raw[:2] == b"PK":
        _must_be_small(raw)
    elif b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e" in raw:
        raise Unreadable("Ce fichier est protégé par un mot de passe : enregistrez-le sans mot de passe.")
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))
        for index, name in enumerate(book.sheet_names):
            yield _sheet(book, index, name, raw)
    except Unreadable:
        raise
    except python_calamine.PasswordError as error:
        raise Unreadable("Ce fichier est protégé par un mot de passe : enregistrez-le sans mot de passe.") from error
    except Exception as error:  # whatever a damaged file makes the reader say, the person gets one sentence
        raise Unreadable("Ce fichier est abîmé ou d’un format inconnu. Donnez un .csv, .xlsx ou .ods.") from error


def _must_be_small(raw: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unreadable("Ce fichier est abîmé : enregistrez-le de nouveau depuis le tableur.") from error
    if size > MOST_UNPACKED:
        raise Unreadable("Ce fichier contient beaucoup trop de données. Gardez seulement le tableau utile.")


def _sheet(book: python_calamine.CalamineWorkbook, index: int, name: str, raw: bytes) -> Sheet:
    sheet = book.get_sheet_by_index(index)
    if sheet.total_height > 1_048_576 or sheet.total_width > 16_384:
        raise Unreadable("Ce fichier contient beaucoup trop de données. Gardez seulement le tableau utile.")
    rows = [list(map(plain, row)) for row in sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS + 200)]
    while rows and not any(cell != "" for cell in rows[-1]):
        rows.pop()
    # A cell merged downwards speaks for every line it covers; merged sideways it is a title.
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if left == right and top < len(rows) and left < len(rows[top]):
            for line in rows[top + 1 : bottom + 1]:
                line[left] = rows[top][left]
    return Sheet(name, tuple(map(tuple, rows)), wrong=frozenset(_errors(raw, index)))


def _errors(raw: bytes, index: int) -> Iterator[tuple[int, int]]:
    """The cells of an XLSX sheet that hold an error: the reader shows them as empty."""
    with zipfile.ZipFile(io.BytesIO(raw)) if raw[:2] == b"PK" else io.BytesIO() as archive:
        if not isinstance(archive, zipfile.ZipFile) or "xl/workbook.xml" not in archive.namelist():
            return
        book = archive.read("xl/workbook.xml").decode(errors="replace")
        links = archive.read("xl/_rels/workbook.xml.rels").decode(errors="replace")
        ids = re.findall(r"<(?:\w+:)?sheet [^>]*?r:id=\"([^\"]+)\"", book)
        if index >= len(ids):
            return
        for link in re.findall(r"<Relationship [^>]*>", links):
            target = re.search(r'Target="([^"]+)"', link)
            if f'Id="{ids[index]}"' in link and target:
                path = target[1].lstrip("/") if target[1].startswith("/") else f"xl/{target[1]}"
                text = archive.read(path).decode(errors="replace")
                for letters, number in re.findall(r'<c r="([A-Z]+)(\d+)"[^>]*\bt="e"', text):
                    yield int(number), _column(letters)


def _column(letters: str) -> int:
    value = 0
    for letter in letters:
        value = value * 26 + ord(letter) - 64
    return value - 1


def plain(value: object) -> Cell:
    """A cell as we keep it: whole numbers without their « .0 », days without midnight, text without its traps."""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, int | date):
        return value
    if isinstance(value, time | timedelta):
        return str(value)
    text = _CONTROL.sub("", str(value)).replace("\u00a0", " ").replace("\u202f", " ")
    return _NEUTRALISED.sub("", text, count=1).strip() if text.lstrip().startswith("'") else text.strip()


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before = + - @ TAB CR NUL; numbers stay numbers."""
    if re.fullmatch(r"-?\d+([.,]\d+)?", text):
        return text
    return f"'{text}" if re.match(r"\s*[=+\-@\t\r\0]", text) else text
