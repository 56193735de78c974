"""The refused lines as a file to correct and load again."""

import csv
import io

from callcare.config.imports.running import Imported
from callcare.desk.sheets.reading import neutral
from callcare.desk.sheets.repairs import shown

LINE, WHY = "Ligne du fichier", "Ce qui ne va pas"


def refused_lines(imported: Imported) -> bytes:
    """A CSV for a French spreadsheet (BOM, semicolons): the lines as they were, their number, what to correct.

    No cell can be taken for a formula; reading the file again takes the apostrophe away.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    header = [name for name in imported.table.header if name not in {LINE, WHY}]
    writer.writerow([*map(neutral, header), LINE, WHY])
    for one in imported.refused:
        cells = [shown(cell) for cell, name in zip(one.line.raw, imported.table.header, strict=False)
                 if name not in {LINE, WHY}]  # fmt: skip
        cells += [""] * (len(header) - len(cells))
        why = " ".join(str(finding) for finding in one.errors)
        writer.writerow([*map(neutral, cells), one.line.number, neutral(why)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
