"""What the pages of needs ask, besides what both twins ask."""

from typing import Any

from django import forms

from callcare.catalogue.enums import Audience
from callcare.desk.actions.cases import LineFacts
from callcare.desk.case_capture import CHIPS, CaptureForm
from callcare.desk.case_forms import CaseEditForm, LineForm, QuantityField, plain
from callcare.desk.models import CaseLine
from callcare.needs.models import Need, NeedLine

PRIORITIES = [(1, "urgent"), (2, "normale"), (3, "peut attendre")]


class NeedEditForm(CaseEditForm):
    audience = forms.ChoiceField(label="public", required=False, choices=[("", "non précisé"), *Audience.choices])
    priority = forms.TypedChoiceField(label="priorité", choices=PRIORITIES, coerce=int)
    people_expected = forms.IntegerField(
        label="personnes concernées", required=False, min_value=0, max_value=1_000_000
    )
    givers_wanted = forms.IntegerField(label="contributeurs cherchés", min_value=1, max_value=50)

    PLAIN = (*CaseEditForm.PLAIN, "audience", "priority", "people_expected", "givers_wanted")


class NeedLineForm(LineForm):
    min_useful = QuantityField(
        label="minimum utile", required=False, max_length=16, help_text="En dessous, cela n’aide pas."
    )

    @staticmethod
    def read(line: CaseLine) -> dict[str, Any]:
        least = line.min_useful if isinstance(line, NeedLine) else 1
        return LineForm.read(line) | {"min_useful": plain(line.in_units(least)) if least > 1 else ""}

    def facts(self) -> LineFacts:
        said = self.cleaned_data
        return LineFacts(
            category=said["category"], quantity=said["quantity"] or 0, unit=said["unit"], every=said["every"],
            mode=said["mode"], min_useful=said["min_useful"], specs=self.line.specs if self.line else {},
        )  # fmt: skip


class DuplicateForm(forms.Form):
    """Of which need this one is the duplicate."""

    of = forms.CharField(label="référence de l’autre besoin", max_length=14, help_text="Par exemple B-7K3Q-2F4.")

    def __init__(self, *args: Any, needs: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs = needs  # those the person may see

    def clean_of(self) -> Need:
        found = self.needs.filter(ref=self.cleaned_data["of"].strip().upper()).first()
        if not isinstance(found, Need):
            raise forms.ValidationError("Aucun besoin ne porte cette référence à votre guichet.")
        return found


class NeedCaptureForm(CaptureForm):
    """A need in one line: besides, for which public, for how many, how urgent."""

    audience = forms.ChoiceField(label="public", required=False, choices=[("", "non dit"), *Audience.choices])
    people_expected = forms.IntegerField(
        label="personnes concernées", required=False, min_value=0, max_value=1_000_000
    )
    priority = forms.ChoiceField(
        label="priorité", required=False, choices=[("", "normale"), (1, "urgent"), (3, "peut attendre")]
    )

    CHIPS = (*CHIPS, "people_expected", "priority")
    SIDE, KEY, READ = "need", "b", "needs:read"

    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        own = {"audience": said["audience"], "people_expected": said["people_expected"]}
        return super().facts() | own | {"priority": int(said["priority"] or 2)}
