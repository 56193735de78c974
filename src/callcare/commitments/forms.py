"""What the pages of commitments ask, besides what both twins ask."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from callcare.catalogue.enums import Mode
from callcare.catalogue.models import Category, Unit
from callcare.commitments.enums import Level, Rtt, Sharing, Travel
from callcare.commitments.models import CommitmentLine
from callcare.desk.actions.cases import LineFacts
from callcare.desk.case_capture import CaptureForm
from callcare.desk.case_forms import CaseEditForm, LineForm
from callcare.desk.models import CaseLine


class CommitmentEditForm(CaseEditForm):
    WATCHED: ClassVar[Iterable[str]] = ("title", "public_text", "description", "conditions")

    conditions = forms.CharField(label="conditions", required=False, max_length=200)
    travel = forms.ChoiceField(label="déplacement", choices=Travel.choices)
    radius_km = forms.IntegerField(
        label="rayon (km)", required=False, min_value=0, max_value=1500, help_text="Vide : sans limite."
    )
    max_open_introductions = forms.IntegerField(label="mises en relation à la fois", min_value=1, max_value=50)
    may_be_named = forms.BooleanField(label="peut être cité", required=False)
    receipt_wanted = forms.BooleanField(label="souhaite un reçu", required=False)

    PLAIN = (
        *CaseEditForm.PLAIN, "conditions", "travel", "radius_km", "max_open_introductions", "may_be_named",
        "receipt_wanted",
    )  # fmt: skip


class CommitmentLineForm(LineForm):
    as_needed = forms.BooleanField(label="selon les besoins, sans quantité", required=False)
    rtt = forms.ChoiceField(label="jours de RTT", required=False, choices=[("", "non"), *Rtt.choices])

    @staticmethod
    def read(line: CaseLine) -> dict[str, Any]:
        if not isinstance(line, CommitmentLine):
            return LineForm.read(line)
        return LineForm.read(line) | {"as_needed": not line.is_countable, "rtt": line.rtt}

    def is_counted(self) -> bool:
        return not self.cleaned_data.get("as_needed")

    def facts(self) -> LineFacts:
        said = self.cleaned_data
        return LineFacts(
            category=said["category"], quantity=said["quantity"] or 0, unit=said["unit"], every=said["every"],
            mode=said["mode"], is_countable=self.is_counted(), rtt=said["rtt"],
            specs=self.line.specs if self.line else {},
        )  # fmt: skip


class SharingForm(forms.Form):
    """Which desks may propose this commitment."""

    sharing = forms.ChoiceField(label="partage", choices=Sharing.choices)


class CommitmentCaptureForm(CaptureForm):
    """A commitment in one line: besides, whether it is already sure, and whether it is counted."""

    is_confirmed = forms.BooleanField(label="déjà confirmé", required=False)
    as_needed = forms.BooleanField(label="selon les besoins, sans quantité", required=False)
    rtt = forms.ChoiceField(label="jours de RTT", required=False, choices=[("", "non"), *Rtt.choices])

    CHIPS = (*CaptureForm.CHIPS, "rtt")
    EXTRAS = ("is_confirmed", "as_needed")
    SIDE, KEY, READ = "commitment", "e", "commitments:read"

    def is_complete(self) -> bool:
        return super().is_complete() or bool(self.cleaned_data["category"] and self.cleaned_data["as_needed"])

    def line_facts(self, category: Category, quantity: Decimal | None, unit: Unit | None) -> LineFacts:
        said = self.cleaned_data
        return LineFacts(
            category=category, quantity=quantity or 1, unit=unit, every=said["every"], mode=said["mode"] or Mode.GIFT,
            is_countable=not said["as_needed"], rtt=said["rtt"],
        )  # fmt: skip

    def facts(self) -> dict[str, Any]:
        level = Level.CONFIRMED if self.cleaned_data["is_confirmed"] else Level.ANNOUNCED
        return super().facts() | {"level": level}
