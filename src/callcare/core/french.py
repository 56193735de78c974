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


def quantity(measures: int, *, measure: str, factor: int, one: str, many: str) -> str:
    """So many measures in the unit they are typed in, the rest included: the one way the house says a quantity.

    « 12 pièces », « 2 demi-journées et 30 min », « 45 min », « 3 000 € ».
    """
    if measure == "cent":
        return euros(measures)
    units, rest = divmod(measures, factor)
    if not rest:
        return counted(units, one, many)
    short = duration(rest) if measure == "minute" else number(rest)
    return f"{counted(units, one, many)} et {short}" if units else short


def duration(minutes: int) -> str:
    """90 → « 1 h 30 » ; 45 → « 45 min »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{FIXED}min"
    return f"{hours}{FIXED}h{f'{FIXED}{rest:02}' if rest else ''}"


VOWELS = "aàâäeéèêëiîïoôöuùûüyh"
ASPIRATED = ("hall", "halle", "handicap", "hangar", "haut", "hockey", "housse")  # « de hangar », never « d’hangar »


def of(words: str) -> str:
    """« de soutien scolaire », « d’ordinateurs », « d’Atelier du Canal », « de hangar », « de Yann »."""
    first = words.lower().split(" ", 1)[0]
    elided = first[:1] in VOWELS and first.rstrip("s") not in ASPIRATED and not first.startswith("y")
    return f"d’{words}" if elided else f"de {words}"


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
