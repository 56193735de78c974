"""The stage of the imports: one desk, its communes, the founding catalogue, and files made on the spot."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pghistory.models
import xlsxwriter
from django.apps import apps
from django.core.management import CommandError, call_command

from callcare.catalogue.actions import found_catalogue
from callcare.territories.gazetteer import forget
from tests import cast

HEADER = ["Structure", "SIRET", "Contact", "Téléphone", "Courriel", "Besoin", "Quantité", "Avant le", "Commune"]
CLAIRE = ["Atelier du Canal", "", "Claire Delattre", "03 53 01 12 01", "claire@canal.test"]
GOOD = [
    [*CLAIRE, "ordinateurs portables pour lycéens", 12, date(2027, 4, 30), "Roubaix"],
    ["Maison du Pont", "", "Nora Petit", "03 53 01 12 02", "nora@pont.test", "webcams", 3, date(2027, 5, 3), "Lille"],
    ["Foyer des Prés", "", "", "03 53 01 12 03", "", "une tondeuse", 1, date(2027, 6, 1), "Lens"],
]


def set_up() -> None:
    """One desk (Lille), its operator, three communes, the catalogue."""
    found_catalogue(by=None)
    for enters in (cast.marion, cast.lille, cast.roubaix, cast.lens):
        enters()
    forget()


def as_csv(rows: Sequence[Sequence[Any]], *, separator: str = ";", encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO(newline="")
    said = [[f"{cell:%d/%m/%Y}" if isinstance(cell, date) else cell for cell in row] for row in rows]
    csv.writer(out, delimiter=separator).writerows(said)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Sequence[Any]], *, merged: Sequence[tuple[int, int, int]] = ()) -> bytes:
    """A workbook; `merged` are (first line, last line, column), from 0."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, days = book.add_worksheet("Feuille1"), book.add_format({"num_format": "dd/mm/yyyy"})
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(line, column, cell, days)
            elif cell != "":
                sheet.write(line, column, cell)
    for first, last, column in merged:
        sheet.merge_range(first, column, last, column, rows[first][column])
    book.close()
    return out.getvalue()


def as_ods(rows: Sequence[Sequence[Any]]) -> bytes:
    """The smallest OpenDocument table that says these cells."""
    lines = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{names} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="Feuille1">{lines}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.2"'
        ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def _ods_cell(cell: Any) -> str:
    if cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"/>'
    if isinstance(cell, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
    said = str(cell).replace("&", "&amp;").replace("<", "&lt;")
    return f'<table:table-cell office:value-type="string"><text:p>{said}</text:p></table:table-cell>'


def run(path: Path, what: str = "needs", *options: str) -> tuple[int, str]:
    """The command on a file: its exit code, and all it said."""
    out = io.StringIO()
    try:
        call_command("import_file", what, str(path), *options, stdout=out)
    except CommandError as error:
        return error.returncode, f"{out.getvalue()}{error}"
    except SystemExit as left:
        return int(str(left.code)), out.getvalue()
    return 0, out.getvalue()


def counts() -> dict[str, int]:
    """How many rows each table of the house holds, its history included."""
    models = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
    counted = {model._meta.label: model._base_manager.count() for model in models}
    return counted | {"context": pghistory.models.Context.objects.count()}
