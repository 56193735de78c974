"""Quantities as people type them. Rows count in whole measures (minutes, cents); `core.french` says them back."""

from decimal import Decimal


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
