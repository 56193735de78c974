"""French in templates: numbers, money, days, quantities (the rules are in `core.french`)."""

from datetime import date, datetime
from typing import Any

from django import template

from callcare.core import clock, french
from callcare.ui import addresses

register = template.Library()
register.filter("number", french.number)
register.filter("euros", french.euros)
register.filter("of", french.of)
register.filter("address_of", addresses.address_of)


@register.filter
def counted(value: int, word: str) -> str:
    """{{ n|counted:"appel" }} → « 12 appels »; {{ n|counted:"œil,yeux" }} where the plural is not regular."""
    one, _, many = word.partition(",")
    return french.counted(value, one, many)


@register.filter
def day(when: date | None) -> str:
    """{{ need.needed_by|day }} → « vendredi 2 avril », with the year when it is another one; nothing for no day."""
    if isinstance(when, datetime):
        when = when.astimezone(clock.PARIS).date()
    return french.day(when, today=clock.today()) if when else ""


@register.filter
def moment(at: datetime | None) -> str:
    """{{ line.at|moment }} → « lundi 8 mars à 10 h 42 », Paris time; nothing for no instant."""
    if at is None:
        return ""
    here = at.astimezone(clock.PARIS)
    return f"{french.day(here.date(), today=clock.today())} à {hour(here)}"


@register.filter
def near(at: datetime) -> str:
    """{{ reminder.due_at|near }} → « 10 h 42 » today, « hier », « demain », « 27/11 »: a moment in a narrow place."""
    here = at.astimezone(clock.PARIS)
    away = (here.date() - clock.today()).days
    return {0: hour(at), -1: "hier", 1: "demain"}.get(away, f"{here:%d/%m}")


@register.filter
def hour(at: datetime) -> str:
    """« 10 h 42 », in Paris."""
    here = at.astimezone(clock.PARIS)
    return f"{here.hour}{french.FIXED}h{french.FIXED}{here:%M}"


@register.filter
def qty(line: Any, value: int | None = None) -> str:
    """{{ line|qty:line.qty_open }} → « 12 pièces », « 2 demi-journées et 30 min », « 3 000 € ».

    `value` counts in the line's measure (pieces, places, minutes, cents); the line's unit says how it is shown.
    """
    if value is None:
        return "selon les besoins"
    unit = line.unit
    factor = getattr(line, "factor", unit.factor)  # frozen on the line when it was typed
    return french.quantity(value, measure=line.measure, factor=factor, one=unit.label, many=unit.plural)


@register.simple_tag
def today() -> str:
    """{% today %}: « lundi 8 mars 2021 · 10 h 42 », the house's clock."""
    return f"{french.day(clock.today())} · {hour(clock.now())}"


@register.filter
def tone(level: str) -> str:
    """The colour of a message: {{ message.level_tag|tone }}."""
    return {"success": "done", "warning": "wait", "error": "late"}.get(level, "going")
