"""A mail as its card shows it: what was written now in sight, quotes and signatures folded, nothing cut."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from callcare.mailbox.models import Mail

LABELS = {"quote": "Texte cité", "signature": "Signature", "history": "Messages précédents"}
LONGEST_LINE = 300

# A greeting and whom it greets, and nothing more: « Bonjour, nous cherchons 12 chaises. » says something.
_GREETING = re.compile(
    r"(?i:bonjour|bonsoir|salut|hello|coucou|chère?s?|madame|monsieur|mesdames|messieurs)\b"
    r"(?:,?\s(?:[A-ZÀ-Þ][\w’'.-]*|(?i:à|au|aux|et|le|la|les|tous|toutes|chère?s?|madame|monsieur|mesdames|messieurs)"
    r"|(?i:l[’']?équipe|équipe|guichet|maison|de|du|d[’']\w+))){0,6}\s?[,!.]*",
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage of a mail; `label` says what is folded, "" for what stays in sight."""

    text: str
    label: str = ""


def pieces(mail: Mail) -> Iterator[Piece]:
    """The whole text in order. Together the pieces are the text, white lines at their edges apart."""
    at = 0
    for fold in sorted(mail.folds, key=lambda fold: int(fold["start"])):
        start, end = max(at, int(fold["start"])), int(fold["end"])
        if end <= start:
            continue
        yield from _piece(mail.text[at:start])
        yield from _piece(mail.text[start:end], LABELS.get(str(fold.get("kind")), "Passage replié"))
        at = end
    yield from _piece(mail.text[at:])


def _piece(text: str, label: str = "") -> Iterator[Piece]:
    if text.strip():
        yield Piece(text.strip("\r\n"), label)


def first_line(mail: Mail) -> str:
    """The first line that says something, for the capture line: neither a greeting nor a quotation."""
    for piece in pieces(mail):
        for line in piece.text.splitlines() if not piece.label else ():
            said = " ".join(line.split())
            if said and not _GREETING.fullmatch(said):
                return said[:LONGEST_LINE]
    return ""
