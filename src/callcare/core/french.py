"""French as it is written: thin spaces in numbers, agreement of words, dates a person says. Pure text."""

from collections.abc import Iterable
from datetime import date

THIN = "\u202f"  # narrow no-break space: between thousands, and before ; ! ? % (Imprimerie nationale)
FIXED = "\u00a0"  # no-break space: before « : » and inside guillemets

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def number(value: int) -> str:
    """12345 → « 12 345 »."""
    return f"{value:,}".replace(",", THIN)


def euros(cents: int) -> str:
    """300000 → « 3 000 € » ; 1050 → « 10,50 € »."""
    whole, rest = divmod(abs(cents), 100)
    sign = "−" if cents < 0 else ""
    tail = f",{rest:02}" if rest else ""
    return f"{sign}{number(whole)}{tail}{FIXED}€"


def plural(word: str) -> str:
    """The first word in its regular plural: « demi-journée » → « demi-journées »."""
    head, *rest = word.split(" ", 1)
    if head.endswith(("s", "x", "z")):
        many = head
    elif head.endswith(("eau", "eu")):
        many = head + "x"
    elif head.endswith("al"):
        many = head[:-2] + "aux"
    else:
        many = head + "s"
    return " ".join([many, *rest])


def counted(value: int, one: str, many: str = "") -> str:
    """« 1 appel », « 12 appels »: in French the plural begins at two."""
    return f"{number(value)} {one if abs(value) < 2 else many or plural(one)}"


def day(when: date, *, today: date | None = None) -> str:
    """« vendredi 2 avril », with the year when it is not this one."""
    first = "1er" if when.day == 1 else str(when.day)
    year = "" if today and today.year == when.year else f" {when.year}"
    return f"{DAYS[when.weekday()]} {first} {MONTHS[when.month - 1]}{year}"


def listed(words: Iterable[str], last: str = "et") -> str:
    """« le nom, le téléphone et le courriel »."""
    *first, end = list(words) or [""]
    return f"{', '.join(first)} {last} {end}" if first else end
