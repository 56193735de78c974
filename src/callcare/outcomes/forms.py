"""What the page of results asks: three questions, and numbers."""

from typing import Any

from django import forms

from callcare.catalogue.enums import Audience
from callcare.introductions.enums import Side
from callcare.needs.models import Need
from callcare.outcomes.actions import Counted
from callcare.outcomes.enums import AgeBand, CountMethod, Extent
from callcare.outcomes.models import PeopleCount

USEFUL = [("", "non dit"), ("oui", "oui"), ("non", "non")]


class OutcomeForm(forms.Form):
    """What one side says."""

    side = forms.ChoiceField(label="dit par le", choices=Side.choices, initial=Side.ASKER)
    extent = forms.ChoiceField(label="aide reçue", choices=Extent.choices, initial=Extent.FULL)
    useful = forms.ChoiceField(label="utile", choices=USEFUL, required=False)
    verbatim = forms.CharField(
        label="en leurs mots", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Sans nom de personne aidée.",
    )  # fmt: skip
    may_publish = forms.BooleanField(label="ces mots peuvent être publiés", required=False)

    def clean_useful(self) -> bool | None:
        return {"oui": True, "non": False}.get(self.cleaned_data["useful"])


class PeopleForm(forms.Form):
    """How many people, by age band, of one audience."""

    audience = forms.ChoiceField(label="public", choices=Audience.choices)
    method = forms.ChoiceField(label="provenance", choices=CountMethod.choices, initial=CountMethod.DECLARED)

    def __init__(self, *args: Any, need: Need, **kwargs: Any) -> None:
        known = {(row.audience, row.age_band): row for row in PeopleCount.objects.filter(need=need)}
        super().__init__(*args, **kwargs)
        audience = need.audience or next((said for said, _ in known), Audience.SCHOOL)
        self.initial.setdefault("audience", audience)
        for band in AgeBand:
            row = known.get((audience, band.value))
            self.fields[f"people_{band}"] = forms.IntegerField(
                label=band.label, min_value=0, required=False, initial=row.people if row else None
            )
        self.fields["first_time"] = forms.IntegerField(
            label="dont pour la première fois", min_value=0, required=False,
            initial=sum(row.first_time for (said, _), row in known.items() if said == audience) or None,
        )  # fmt: skip

    @property
    def bands(self) -> list[forms.BoundField]:
        return [self[f"people_{band}"] for band in AgeBand]

    def clean(self) -> dict[str, Any]:
        facts = dict(super().clean() or {})
        people = sum(facts.get(f"people_{band}") or 0 for band in AgeBand)
        if (facts.get("first_time") or 0) > people:
            self.add_error("first_time", "« Pour la première fois » ne dépasse pas le nombre de personnes.")
        return facts

    def counts(self) -> list[Counted]:
        """The numbers typed, band by band; those helped for the first time fill the bands in their order."""
        audience, left = Audience(self.cleaned_data["audience"]), self.cleaned_data["first_time"] or 0
        said = []
        for band in AgeBand:
            people = self.cleaned_data[f"people_{band}"]
            if people is None:
                continue
            first = min(left, people)
            left -= first
            said.append(Counted(audience, band, people, first))
        return said
