"""How the rule speaks: short French, readable aloud to somebody on the telephone."""

from datetime import date

from callcare.core import french
from callcare.matching.rules.facts import Counting


def quantity(value: int, counting: Counting) -> str:
    """12 → « 12 » ; 300000 cents → « 3 000 € » ; 420 minutes in half-days → « 2 demi-journées »."""
    if counting.measure == "cent":
        return french.euros(value)
    whole, rest = divmod(value, counting.factor)
    if counting.measure in ("piece", "place"):
        return french.number(whole)
    if rest:
        return f"{french.counted(whole, counting.one, counting.many)} {_minutes(rest)}" if whole else _minutes(rest)
    return french.counted(whole, counting.one, counting.many)


def _minutes(value: int) -> str:
    hours, rest = divmod(value, 60)
    parts = [f"{hours}{french.FIXED}h"] if hours else []
    return " ".join([*parts, *([f"{rest}{french.FIXED}min"] if rest else [])])


def named(value: int, counting: Counting) -> str:
    """The same with its unit always said: « 12 pièces »."""
    if counting.measure in ("piece", "place"):
        return french.counted(value // counting.factor, counting.one, counting.many)
    return quantity(value, counting)


def short_day(when: date, today: date) -> str:
    """« 3 juin », with the year when it is not this one."""
    return french.day(when, today=today).split(" ", 1)[1]


def ago(when: date, today: date) -> str:
    """« aujourd’hui », « hier », « il y a 12 jours », « il y a 4 mois »."""
    days = (today - when).days
    if days < 1:
        return "aujourd’hui"
    if days == 1:
        return "hier"
    return f"il y a {days} jours" if days < 60 else f"il y a {days // 30} mois"
