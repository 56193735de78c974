"""Quantities as people say them. Rows count in whole measures (minutes, cents); people in the unit they typed."""

from decimal import Decimal

from callcare.core.french import counted, euros

CENT, MINUTE = "cent", "minute"


class NotWhole(ValueError):
    """The quantity does not make a whole number of measures: half a computer, a third of a cent."""


def measured(quantity: Decimal | int | str, *, factor: int) -> int:
    """How many measures make `quantity` units of `factor` measures each: 2 half-days of 210 minutes are 420.

    Raises NotWhole where no whole number of measures does.
    """
    exact = Decimal(quantity) * factor
    if exact != exact.to_integral_value():
        raise NotWhole(str(quantity))
    return int(exact)


def said(measures: int, *, measure: str, factor: int, one: str, many: str) -> str:
    """A number of measures in the unit it was typed in, remainder included: « 2 demi-journées », « 1 jour 2 h »."""
    if measure == CENT:
        return euros(measures)
    units, rest = divmod(measures, factor)
    if not rest:
        return counted(units, one, many)
    if measure != MINUTE:
        return f"{counted(units, one, many)} et {rest}"  # a unit of several pieces, broken
    return f"{counted(units, one, many)} {duration(rest)}" if units else duration(rest)


def duration(minutes: int) -> str:
    """90 → « 1 h 30 » ; 45 → « 45 min »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}\u00a0min"
    return f"{hours}\u00a0h\u00a0{rest:02}" if rest else f"{hours}\u00a0h"
