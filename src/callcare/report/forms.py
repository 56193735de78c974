"""What the review asks: a period, a place, a target."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from callcare.core import clock
from callcare.desk.models import Desk
from callcare.report.enums import Indicator
from callcare.report.figures import NOWHERE
from callcare.report.rules import Period
from callcare.territories.enums import Level
from callcare.territories.models import Territory
from callcare.ui.forms import DayField


class ScopeForm(forms.Form):
    """Which figures: from when to when, which desk, which département."""

    du = DayField(label="du", required=False)
    au = DayField(label="au", required=False)
    guichet = forms.ChoiceField(label="guichet", required=False)
    departement = forms.ChoiceField(label="département", required=False)

    def __init__(self, *args: Any, desks: Iterable[Desk], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.desks = {desk.slug: desk for desk in desks}
        known = [(slug, desk.name) for slug, desk in self.desks.items()]
        self.fields["guichet"].choices = [("", "tous"), *known]  # type: ignore[attr-defined]
        places = Territory.objects.filter(level=Level.DEPARTEMENT).order_by("name").values_list("code", "name")
        self.fields["departement"].choices = [("", "tous"), *places, (NOWHERE, "lieu non précisé")]  # type: ignore[attr-defined]

    def clean_guichet(self) -> Desk | None:
        return self.desks.get(self.cleaned_data["guichet"])

    def place_names(self) -> dict[str, str]:
        """The names of the départements by code."""
        return dict(self.fields["departement"].choices)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        facts = dict(super().clean() or {})
        if facts.get("du") and facts.get("au") and facts["au"] < facts["du"]:
            self.add_error("au", "La fin vient après le début.")
        return facts

    def period(self, *, otherwise: Period) -> Period:
        """The period asked for; what is not said, or said wrongly, is taken from `otherwise`."""
        said = self.cleaned_data if self.is_valid() else {}
        first: date = said.get("du") or otherwise.first
        last: date = said.get("au") or otherwise.last
        return Period(first, max(first, last))


class TargetForm(forms.Form):
    """An objective."""

    indicator = forms.ChoiceField(label="chiffre", choices=Indicator.choices)
    value = forms.IntegerField(label="objectif", min_value=1, max_value=10_000_000)
    from_on = DayField(label="du")
    due_on = DayField(label="au")
    desk = forms.ModelChoiceField(
        Desk.objects.order_by("name"), label="guichet", required=False, empty_label="tout le collectif"
    )
    source = forms.CharField(label="source", max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        facts = dict(super().clean() or {})
        if facts.get("from_on") and facts.get("due_on") and facts["due_on"] <= facts["from_on"]:
            self.add_error("due_on", "L’objectif finit après avoir commencé.")
        return facts

    @staticmethod
    def usual() -> dict[str, Any]:
        """This year, until its end."""
        today = clock.today()
        return {"from_on": today.replace(month=1, day=1), "due_on": today.replace(month=12, day=31)}
