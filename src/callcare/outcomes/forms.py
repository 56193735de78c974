"""What the page of results asks: three questions, and numbers."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms

from callcare.catalogue.enums import Audience
from callcare.desk.case_forms import WarnsOfNames
from callcare.desk.rules import privacy
from callcare.introductions.enums import Side
from callcare.needs.models import Need
from callcare.outcomes.actions import NAMES_SOMEBODY, Counted
from callcare.outcomes.enums import AgeBand, CountMethod, Extent
from callcare.outcomes.models import PeopleCount

USEFUL = [("", "non dit"), ("oui", "oui"), ("non", "non")]


class WordsForm(WarnsOfNames):
    """Somebody's own words about the help, and whether they may be published. Published words name nobody."""

    WATCHED: ClassVar[Iterable[str]] = ("verbatim",)

    verbatim = forms.CharField(
        label="en leurs mots", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Sans nom de personne aidée.",
    )  # fmt: skip
    may_publish = forms.BooleanField(label="ces mots peuvent être publiés", required=False)

    def __init__(self, *args: Any, need: Need, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.public = [need.organisation.name]
        self.known = [*self.public, str(need.person or "")]

    def clean(self) -> dict[str, Any]:
        facts = super().clean()
        if not facts.get("may_publish") or self.has_error("verbatim"):
            return facts
        words = str(facts.get("verbatim", "")).strip()
        if not words:
            self.add_error("verbatim", "Notez leurs mots avant de dire qu’ils peuvent être publiés.")
        elif privacy.found_in(words, known=self.public):
            self.add_error("may_publish", NAMES_SOMEBODY)
        return facts


class OutcomeForm(WordsForm):
    """What one side says; nothing while no answer to « aide reçue » is chosen."""

    side = forms.ChoiceField(label="dit par le", choices=Side.choices, initial=Side.ASKER)
    extent = forms.ChoiceField(
        label="aide reçue", required=False, choices=[("", "rien n’est dit pour l’instant"), *Extent.choices]
    )
    useful = forms.ChoiceField(label="utile", choices=USEFUL, required=False)

    field_order = ("side", "extent", "useful", "verbatim", "may_publish")

    def clean_useful(self) -> bool | None:
        return {"oui": True, "non": False}.get(self.cleaned_data["useful"])

    def clean(self) -> dict[str, Any]:
        facts = super().clean()
        told = facts.get("verbatim") or facts.get("useful") is not None or facts.get("may_publish")
        if told and not facts.get("extent") and not self.has_error("extent"):
            self.add_error("extent", "Dites si l’aide a été reçue.")
        return facts

    def said(self) -> dict[str, Any] | None:
        """What one side says, None when nobody said anything."""
        facts = self.cleaned_data
        if not facts["extent"]:
            return None
        names = ("side", "extent", "useful", "verbatim", "may_publish")
        return {name: facts[name] for name in names} | {"because": self.kept()}


class RewordForm(WordsForm):
    """Words corrected, published, or withdrawn from publication; always with a reason."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)
    because = forms.CharField(label="pourquoi", max_length=200)


class PeopleForm(forms.Form):
    """How many people, by age band, of one audience."""

    audience = forms.ChoiceField(label="public", choices=Audience.choices)
    method = forms.ChoiceField(label="provenance", choices=CountMethod.choices, initial=CountMethod.DECLARED)

    def __init__(self, *args: Any, need: Need, **kwargs: Any) -> None:
        known = {(row.audience, row.age_band): row for row in PeopleCount.objects.filter(need=need)}
        super().__init__(*args, **kwargs)
        audience = need.audience or next((said for said, _ in known), Audience.SCHOOL)
        self.initial.setdefault("audience", audience)
        if told := next((row.method for (said, _), row in known.items() if said == audience), ""):
            self.initial.setdefault("method", told)
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
        """The numbers typed, band by band; those helped for the first time fill the bands in their order.

        Nothing when what the page showed was left as it is.
        """
        if not self.has_changed():
            return []
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
