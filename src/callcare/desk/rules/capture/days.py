"""The day or days that stand at one place of the line: 30/4, lundi, fin juin, la semaine prochaine, été.

A day without a year is the next such day from today on.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from callcare.catalogue.rules import as_heard
from callcare.core.french import DAYS, MONTHS
from callcare.desk.rules.capture.tokens import Line, phrases, said_in

_LONG = {as_heard(name): number for number, name in enumerate(MONTHS, 1)}
_SHORT = {"janv": 1, "fev": 2, "fevr": 2, "avr": 4, "juil": 7, "sept": 9, "oct": 10, "nov": 11, "dec": 12}
_MONTH_WORDS = _LONG | _SHORT
WEEKDAYS = {name: number for number, name in enumerate(DAYS)}


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day of what was named, the tokens it stands on, and whether it may be trusted."""

    first: date
    last: date
    end: int
    sure: bool = True
    alone: bool = True  # « lundi », « juin »: needs no preposition to be a date
    by: date | None = None  # the day meant by « avant … », where it is not the last


def bare_day(line: Line, i: int) -> int:
    """Where a day of the month alone ends, as in « du 3 au 7 mai »; 0 if there is none."""
    number = _number(line, i)
    if number is None or not 1 <= number <= 31:
        return 0
    return i + 2 if line.heard(i + 1) == "er" and line.tokens[i + 1].glued else i + 1


def named_days(line: Line, i: int, today: date) -> Days | None:
    """The day or days named at `i`, without a preposition."""
    if not line.open(i):
        return None
    for form in (_iso, _slashed, _day_of_month, _weekday, _relative, _part_of_month, _month, _bare):
        if days := form(line, i, today):
            return days
    return None


def day_of(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _next(month: int, number: int, today: date) -> date | None:
    """The next such day from today on; 29 February waits for its year."""
    candidates = (day_of(today.year + years, month, number) for years in range(9))
    return next((when for when in candidates if when and when >= today), None)


def _number(line: Line, i: int, most: int = 2) -> int | None:
    if not (line.open(i) and line.tokens[i].is_number and len(line.tokens[i].raw) <= most):
        return None
    return int(line.tokens[i].raw)


def _glued(line: Line, i: int, signs: str) -> bool:
    """Tokens i (a sign) and i + 1 stand without a space."""
    return (
        line.open(i) and line.tokens[i].raw in signs and line.tokens[i].glued and line.open(i + 1)
        and line.tokens[i + 1].glued
    )  # fmt: skip


def _year(line: Line, i: int) -> int | None:
    number = _number(line, i, most=4)
    if number is None or len(line.tokens[i].raw) not in {2, 4}:
        return None
    number = number + 2000 if len(line.tokens[i].raw) == 2 else number
    return number if 2000 <= number <= 2100 else None


def _iso(line: Line, i: int, today: date) -> Days | None:
    year = _number(line, i, most=4)
    if year is None or not 2000 <= year <= 2100 or not (_glued(line, i + 1, "-") and _glued(line, i + 3, "-")):
        return None
    month, number = _number(line, i + 2), _number(line, i + 4)
    when = day_of(year, month, number) if month and number else None
    return Days(when, when, i + 5) if when else None


def _slashed(line: Line, i: int, today: date) -> Days | None:
    """30/4, 30/04/21, 30-04-2021, 30.04."""
    number = _number(line, i)
    if number is None or not _glued(line, i + 1, "/-."):
        return None
    month = _number(line, i + 2)
    if month is None or not 1 <= month <= 12 or _is_number_range(line, i):
        return None
    sign = line.tokens[i + 1].raw
    if _glued(line, i + 3, sign) and (year := _year(line, i + 4)):
        when, end = day_of(year, month, number), i + 5
    else:
        when, end = _next(month, number, today), i + 3
    return Days(when, when, end, alone=_is_day_alone(line, i)) if when else None


def _is_number_range(line: Line, i: int) -> bool:
    """« 10-12 ordinateurs », « 1.5 » and « 1/2 journée » are no dates: with - and . the month has two figures."""
    sign, month = line.tokens[i + 1].raw, line.tokens[i + 2].raw
    return (
        (sign in "-." and len(month) != 2)
        or line.heard(i + 3) in {"journee", "j", "heure"}
        or bool(line.says(i + 3, "d", "heure"))
    )


def _is_day_alone(line: Line, i: int) -> bool:
    """A date in figures without a preposition: 30/4 is one, 24/7 and 7/7 are no dates but opening hours."""
    sign, first, second = line.tokens[i + 1].raw, line.tokens[i].raw, line.tokens[i + 2].raw
    return sign == "/" and first != second if len(second) == 1 or sign == "/" else second[0] == "0" and sign != "."


def _day_of_month(line: Line, i: int, today: date) -> Days | None:
    """30 avril, 1er mai 2021."""
    number = _number(line, i)
    if number is None:
        return None
    at = i + 1
    if number == 1 and line.heard(at) == "er":
        at += 1
    month = _month_word(line, at)
    if month is None:
        return None
    at += 1
    if line.open(at) and line.tokens[at].raw == "." and line.tokens[at].glued and len(line.tokens[at - 1].raw) < 5:
        at += 1
    if year := _year(line, at) if line.open(at) and len(line.tokens[at].raw) == 4 else None:
        when, at = day_of(year, month, number), at + 1
    else:
        when = _next(month, number, today)
    return Days(when, when, at) if when else None


def _month_word(line: Line, i: int) -> int | None:
    """The month said at `i`; « mais » and « mar » sound alike and are none."""
    month = _MONTH_WORDS.get(line.heard(i))
    if line.heard(i) in {"mai", "mar"} and line.tokens[i].raw.lower() not in {"mai", "mars"}:
        return None
    return month


def _bare(line: Line, i: int, today: date) -> Days | None:
    """« le 15 », « avant le 15 »: the next fifteenth. To confirm, for it may be a size or a place in a list."""
    number = _number(line, i)
    after = bare_day(line, i)
    if number is None or not after or line.heard(line.after(i) - 1) not in {"le", "du", "au"}:
        return None
    ends = after >= len(line) or line.tokens[after].raw in ",;.!?)" or line.heard(after) in {"a", "pour", "ou"}
    if not ends or (line.open(after) and line.tokens[after].glued and line.tokens[after].raw == "."
                    and line.open(after + 1) and line.tokens[after + 1].is_number):  # fmt: skip
        return None
    when = _this_or_next_month(number, today)
    return Days(when, when, after, sure=False, alone=False) if when else None


def _this_or_next_month(number: int, today: date) -> date | None:
    """The next day of that number: the 15th of this month, or of the first month after that has one."""
    for months in range(3):
        year, month = divmod(today.month - 1 + months, 12)
        when = day_of(today.year + year, month + 1, number)
        if when and when >= today:
            return when
    return None


_ORDINALS = frozenset(
    ["premier", "premiere", "deuxieme", "second", "troisieme", "quatrieme", "dernier", "er", "e", "eme"]
)


def _weekday(line: Line, i: int, today: date) -> Days | None:
    """lundi, lundi prochain, lundi 12 avril, lundi 12. « un lundi sur deux », « le premier lundi » are rhythms."""
    weekday = WEEKDAYS.get(line.heard(i))
    if weekday is None or line.tokens[i].heard != line.tokens[i].name:
        return None  # « les lundis » is a rhythm
    if line.heard(i + 1) == "sur" or (i > 0 and line.tokens[i - 1].heard in _ORDINALS):
        return None
    dated = _day_of_month(line, i + 1, today) or _slashed(line, i + 1, today) or _weekday_number(line, i, today)
    if dated:
        return Days(dated.first, dated.last, dated.end, dated.sure and dated.first.weekday() == weekday)
    ahead = (weekday - today.weekday()) % 7 or 7
    end = i + 2 if line.heard(i + 1) in {"prochain", "matin", "soir", "midi"} else i + 1
    when = today + timedelta(days=ahead)
    return Days(when, when, line.says(i + 1, "apre", "midi") or end)


def _weekday_number(line: Line, i: int, today: date) -> Days | None:
    """« lundi 12 »: only where the twelfth that comes is a Monday, for « mardi 12 PC » is no date."""
    number = _number(line, i + 1)
    when = _this_or_next_month(number, today) if number and 1 <= number <= 31 else None
    return Days(when, when, i + 2) if when and when.weekday() == WEEKDAYS[line.heard(i)] else None


_RELATIVE = phrases(said_in("days"))


def _relative(line: Line, i: int, today: date) -> Days | None:
    end, what = line.first_of(i, _RELATIVE)
    if not end or (what == "week" and line.heard(i) == "semaine" and (i == 0 or line.tokens[i - 1].heard != "cette")):
        return None
    if line.tokens[i].raw.isupper() and what == "summer" and not line.shouts:
        return None
    if what == "week_end" and line.heard(end) in {"du", "de", "d"}:
        return None  # « le week-end du 15 mai »: the day that follows says more
    first, last, sure = _period(what, today)
    by = first - timedelta(days=1) if what.startswith("next_") or what in {"summer", "week_end"} else None
    alone = what != "now" and (sure or line.heard(i) in {"cet", "l"} or _between_signs(line, i, end))
    return Days(first, last, end, sure, alone=alone, by=by)


def _between_signs(line: Line, i: int, end: int) -> bool:
    """« …, été, … » : said apart, so it is no participle of « être »."""
    return i > 0 and line.tokens[i - 1].raw in ",;(-" and (end >= len(line) or line.tokens[end].raw in ",;)-")


def _period(what: str, today: date) -> tuple[date, date, bool]:
    sunday = today + timedelta(days=6 - today.weekday())
    month_end = today.replace(day=monthrange(today.year, today.month)[1])
    friday, saturday = max(today, sunday - timedelta(days=2)), max(today, sunday - timedelta(days=1))
    after_end = month_end + timedelta(days=1)
    next_end = after_end.replace(day=monthrange(after_end.year, after_end.month)[1])
    september, christmas = _next(9, 1, today) or today, _next(12, 25, today) or today
    july = today if today.month in {7, 8} else (_next(7, 1, today) or today)
    known = {
        "today": (today, today, True), "now": (today, today, True),
        "tomorrow": (today + timedelta(days=1),) * 2 + (True,),
        "after": (today + timedelta(days=2),) * 2 + (True,), "week": (today, sunday, True),
        "week_end": (saturday, sunday, True),
        "next_week": (sunday + timedelta(days=1), sunday + timedelta(days=7), True),
        "month": (today, month_end, True), "next_month": (after_end, next_end, True),
        "end_week": (friday, friday, True), "end_month": (month_end, month_end, True),
        "end_year": (date(today.year, 12, 31),) * 2 + (True,), "back": (september, september, False),
        "summer": (july, date(july.year, 8, 31), False), "xmas": (christmas, christmas, True),
        "next_year": (date(today.year + 1, 1, 1), date(today.year + 1, 12, 31), False),
    }  # fmt: skip
    return known[what]


_PARTS = {"debut": (1, 10), "mi": (11, 20), "fin": (21, 31)}


def _part_of_month(line: Line, i: int, today: date) -> Days | None:
    """début juin (1-10), mi-juin (11-20), fin juin (21-30); « avant fin juin » is its last day."""
    start = line.says(i, "la") or i
    part = _PARTS.get(line.heard(start))
    if part is None:
        return None
    at = line.after(start + 1)
    month = _month(line, line.says(at, "de") or line.says(at, "du", "moi", "de") or at, today, whole=True)
    if month is None:
        return None
    first = month.first.replace(day=part[0])
    if part[1] == 31:
        return Days(first, month.last, month.end)
    last = first.replace(day=part[1])
    return Days(first, last, month.end, by=first if part[0] == 1 else first.replace(day=15))


def _month(line: Line, i: int, today: date, *, whole: bool = False) -> Days | None:
    """juin, juin 2022: from its first day (today, in the present month) to its last."""
    month = _month_word(line, i)
    if month is None or line.heard(i) in _SHORT:
        return None
    year = _year(line, i + 1) if line.open(i + 1) and len(line.tokens[i + 1].raw) == 4 else None
    end = i + 2 if year else i + 1
    year = year or (today.year if month >= today.month else today.year + 1)
    first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return Days(first if whole else max(first, min(today, last)), last, end, by=first - timedelta(days=1))
