"""What the forms of the house share."""

from datetime import date
from typing import Any

from django import forms

from callcare.core import clock

FIRST_YEAR, YEARS_AHEAD = 2000, 10  # a date outside is a slip of the finger


class OwnIds(forms.Form):
    """A form that stands beside others on one page: its ids begin with its own name, so that no label goes astray."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.removesuffix('Form').lower()}_%s")
        super().__init__(*args, **kwargs)


class DayField(forms.DateField):
    """A day, chosen in the calendar of the browser or typed. Every date of every form is one: no year is absurd."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        last = clock.today().year + YEARS_AHEAD
        if day and not FIRST_YEAR <= day.year <= last:
            raise forms.ValidationError(f"Vérifiez l’année : elle va de {FIRST_YEAR} à {last}.")
        return day
