"""What the pages of matching ask: a reason for setting a pair aside, and what is being typed at the console."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self, cast

from django import forms

from callcare.catalogue.enums import Every, Mode, ReasonUse
from callcare.catalogue.models import Reason
from callcare.matching.rules.facts import WEIGHTS
from callcare.matching.rules.weighing import PARTS, wrong
from callcare.ui.forms import DayField

BIGGEST = 2**63 - 1


class PairForm(forms.Form):
    """A need line and a commitment line."""

    need_line = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=BIGGEST)
    commitment_line = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=BIGGEST)


class DismissForm(PairForm):
    """Never propose this pair again: which lines, and why."""

    reason = forms.ModelChoiceField(
        Reason.objects.filter(used_for__contains=[ReasonUse.DISMISS]).order_by("order", "label"),
        label="Motif",
        empty_label="choisir un motif",
    )
    because = forms.CharField(label="Précision", max_length=200, required=False)

    def shown_often(self) -> Self:
        """The same form under each candidate of a page: its reasons are read once."""
        field = cast("forms.ModelChoiceField[Reason]", self.fields["reason"])
        field.choices = [("", "choisir un motif"), *((one.pk, one.label) for one in field.queryset or ())]
        return self


class RestoreForm(forms.Form):
    """Let a pair be proposed again."""

    dismissal = forms.IntegerField(widget=forms.HiddenInput)
    because = forms.CharField(label="Pourquoi la remettre ?", max_length=200)


@dataclass(frozen=True, slots=True)
class Typed:
    """What the capture line understood so far, as the console posts it back."""

    category: str | None
    quantity: int | None
    unit: str | None
    amount_cents: int | None
    commune: str | None
    from_: date | None
    until: date | None
    every: str | None
    mode: str | None


class PreviewForm(forms.Form):
    """The chips of the capture line. What cannot be read is as good as not said: a preview never complains."""

    side = forms.ChoiceField(choices=[("need", "besoin"), ("commitment", "engagement")], required=False)
    organisation = forms.CharField(max_length=200, required=False)
    category = forms.CharField(max_length=40, required=False)
    quantity = forms.IntegerField(min_value=0, max_value=10**9, required=False)
    unit = forms.CharField(max_length=12, required=False)
    amount_cents = forms.IntegerField(min_value=0, max_value=10**13, required=False)
    commune = forms.CharField(max_length=9, required=False)
    since = DayField(required=False)
    until = DayField(required=False)
    every = forms.ChoiceField(choices=Every, required=False)
    mode = forms.ChoiceField(choices=Mode, required=False)
    form = forms.SlugField(max_length=40, required=False)  # the id of the form that « Relier » submits

    def typed(self) -> Typed:
        """The readable part of what was posted."""
        self.is_valid()
        said = self.cleaned_data.get
        return Typed(
            category=said("category") or None, quantity=said("quantity"), unit=said("unit") or None,
            amount_cents=said("amount_cents"), commune=said("commune") or None, from_=said("since"),
            until=said("until"), every=said("every") or None, mode=said("mode") or None,
        )  # fmt: skip


class WeightsForm(forms.Form):
    """What each part of the score is worth, and why it changes."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=BIGGEST)
    because = forms.CharField(
        label="Pourquoi ce changement ?", max_length=200, help_text="La raison reste dans l’historique."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in WEIGHTS:
            part = PARTS[name]
            between = f"De {part.least} à {part.most} points. {part.does}"
            beyond = f"« {part.label} » vaut entre {part.least} et {part.most} points."
            self.fields[name] = forms.IntegerField(
                label=part.label.capitalize(), min_value=part.least, max_value=part.most, help_text=between,
                error_messages={"min_value": beyond, "max_value": beyond, "invalid": "Un nombre entier de points."},
            )  # fmt: skip
        self.order_fields([*WEIGHTS, "because", "seen"])

    @property
    def points(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in WEIGHTS}

    def clean(self) -> dict[str, Any]:
        facts = dict(super().clean() or {})
        if all(name in facts for name in WEIGHTS) and (why := wrong(facts)):
            self.add_error(WEIGHTS[0], why)
        return facts
