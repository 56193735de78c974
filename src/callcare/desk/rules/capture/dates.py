"""Dates as they are said on the telephone: avant le 30/4, dès lundi, fin juin, du 3 au 7 mai, la semaine prochaine.

A day without a year is the next such day from today on. More than 300 days ahead, or in the past, it must be
confirmed.
"""

from datetime import date, timedelta

from callcare.core.french import day
from callcare.desk.rules.capture.days import WEEKDAYS, Days, bare_day, day_of, named_days
from callcare.desk.rules.capture.numbers import number_at
from callcare.desk.rules.capture.tokens import Line, phrases, said_in

_FAR = 300
_BEGUN = 60  # days: what began earlier than that is rather for next year
_UNTIL, _FROM, _ON, _WITHIN = "until", "from", "on", "within"
_SIDES = phrases(said_in("prepositions"))


def read_dates(line: Line, today: date) -> tuple[date | None, date | None]:
    """Take every date of the line; what is said first holds. Returns (from, until)."""
    found: dict[str, date] = {}
    i = 0
    while i < len(line):
        i = _read_at(line, i, today, found) or i + 1
    return found.get(_FROM), found.get(_UNTIL)


def _read_at(line: Line, i: int, today: date, found: dict[str, date]) -> int:
    """Read one date expression at `i`: where it ends, 0 if there is none."""
    if not line.open(i):
        return 0
    if end := _read_interval(line, i, today, found):
        return end
    if end := _read_delay(line, i, today, found):
        return end
    after, side = line.first_of(i, _SIDES)
    while after and line.joined(after):
        after += 1
    days = named_days(line, after, today) if after else None
    if days is None:
        after, side = i, _ON
        days = named_days(line, i, today)
        if days is None or not days.alone:
            return 0
    return _hold(line, i, days, side, today, found)


def _hold(line: Line, i: int, days: Days, side: str, today: date, found: dict[str, date]) -> int:
    wanted = {_FROM, _UNTIL} if side == _ON else {_UNTIL if side == _WITHIN else side}
    if wanted & found.keys():
        return 0  # a second date: it stays in the title, for a person to judge
    first, last = days.first, days.last
    if side == _UNTIL and days.by and line.heard(i) in {"avant", "d"}:
        last = days.by
        if last < today:
            return 0
    found |= {key: value for key, value in ((_FROM, first), (_UNTIL, last)) if key in wanted}
    sure = days.sure and today <= last <= today + timedelta(days=_FAR)
    shown = last if side in {_UNTIL, _WITHIN} else first
    word = {_UNTIL: "avant le ", _WITHIN: "avant le ", _FROM: "à partir du "}.get(side, "")
    text = f"{word}{day(shown, today=today)}"
    if side == _ON and last != first:
        text = f"du {day(first, today=today)} au {day(last, today=today)}"
    line.take("date", text, i, days.end, sure=sure)
    return days.end


def _read_interval(line: Line, i: int, today: date, found: dict[str, date]) -> int:
    """« du 3 au 7 mai », « de mai à juin », « entre le 3 et le 7 mai », « les 3, 4 et 5 mai »."""
    start, link = _list_of_days(line, i)
    first = None
    if not start:
        if line.heard(i) not in {"du", "de", "entre"}:
            return 0
        start = line.says(i, "entre", "le") or i + 1
        start += line.heard(start) in WEEKDAYS and bare_day(line, start + 1) > 0
        first = named_days(line, start, today)
        link = _link(line, first.end if first else bare_day(line, start))
    last = named_days(line, link, today) if link else None
    if last is None or (not first and not last.sure and _has_sizes(line)):  # « pointures du 28 au 31 »
        return 0
    begins = first.first if first else day_of(last.first.year, last.first.month, int(line.tokens[start].raw))
    between = begins and _in_order(begins, last, today)
    return _hold(line, i, between, _ON, today, found) if between else 0


def _list_of_days(line: Line, i: int) -> tuple[int, int]:
    """« les 3, 4 et » of « les 3, 4 et 5 mai »: where the first day stands, and where the last one does."""
    at = bare_day(line, i + 1) if line.heard(i) in {"le", "les"} else 0
    while at and line.heard(at) == "," and bare_day(line, at + 1):
        at = bare_day(line, at + 1)
    link = line.says(at, "et") if at else 0
    return (i + 1, link) if link and bare_day(line, link) else (0, 0)


def _in_order(begins: date, last: Days, today: date) -> Days | None:
    """« du 3 avril au 7 mai » said on the 6th of April has begun; « de septembre à juin » ends the year after."""
    ends = last.last
    if begins > ends:
        begun, ended = day_of(begins.year - 1, begins.month, begins.day), day_of(ends.year + 1, ends.month, ends.day)
        if begun and begun >= today - timedelta(days=_BEGUN):
            begins = begun
        elif ended:
            ends = ended
    return Days(begins, ends, last.end, last.sure) if begins <= ends else None


def _has_sizes(line: Line) -> bool:
    return any(token.heard in {"taille", "pointure", "age", "numero"} for token in line.tokens)


def _link(line: Line, i: int) -> int:
    if not i:
        return 0
    ways = (("et", "le"), ("au",), ("a",), ("et",))
    return next((end for words in ways if (end := line.says(i, *words))), 0)


def _read_delay(line: Line, i: int, today: date, found: dict[str, date]) -> int:
    """« sous 8 jours », « d’ici deux semaines », « dans un mois », « d’ici une quinzaine de jours »."""
    start = line.says(i, "d", "ici") or line.says(i, "sou") or line.says(i, "dan") or line.says(i, "dan", "les")
    number = number_at(line, start) if start else None
    if number is None or number.value != int(number.value) or number.value > 400:
        return 0
    at = line.says(number.end, "de") or number.end
    steps = {"jour": 1, "semaine": 7, "moi": 30}
    if line.heard(at) not in steps:
        return 0
    when = today + timedelta(days=int(number.value) * steps[line.heard(at)])
    side = _ON if line.heard(i) == "dan" else _WITHIN
    return _hold(line, i, Days(when, when, at + 1, number.exact), side, today, found)
