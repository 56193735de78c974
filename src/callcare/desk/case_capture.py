"""The capture of a need or of a commitment: one line of French, chips that can be corrected, one button.

Every chip is an ordinary named field, so that the form works without scripts and inside the console. What the line
was last understood as travels with the form: a field that differs from it was corrected by hand, and stays.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.urls import reverse

from callcare.catalogue.enums import Every, Mode
from callcare.catalogue.models import Category, Unit
from callcare.core import clock, french
from callcare.desk.actions.cases import LineFacts
from callcare.desk.case_forms import (
    QuantityField,
    WarnsOfNames,
    categories_in_use,
    category_choices,
    plain,
    unit_choices,
    units,
)
from callcare.desk.enums import CaseState
from callcare.desk.models import Desk, Interaction
from callcare.directory.models import Organisation, Person
from callcare.directory.search import find_organisations
from callcare.territories.forms import CommuneField
from callcare.ui.forms import DayField, OwnIds

EURO = "euro"
CHIPS = ("quantity", "unit", "amount", "category", "commune", "from", "until", "every", "mode", "audience")
FAR = timedelta(days=300)  # a date so far ahead is asked about


class CaptureForm(OwnIds, WarnsOfNames):
    """One line and what it was understood as. Required to save: who, and the line; the rest may follow."""

    WATCHED: ClassVar[Iterable[str]] = ("line", "public_text", "description")
    CHIPS: ClassVar[tuple[str, ...]] = CHIPS[:-1]

    SIDE: ClassVar[str] = ""
    KEY: ClassVar[str] = ""
    READ: ClassVar[str] = ""  # the page that reads the line

    interaction = forms.CharField(widget=forms.HiddenInput, required=False)
    understood = forms.CharField(widget=forms.HiddenInput, required=False)
    organisation = forms.CharField(
        label="organisation", max_length=200, help_text="Son nom, son numéro, son SIRET ou sa référence."
    )
    person = forms.IntegerField(label="interlocuteur", required=False, widget=forms.HiddenInput)
    line = forms.CharField(label="en une ligne", max_length=500, widget=forms.Textarea(attrs={"rows": 1}))
    quantity = QuantityField(label="quantité", required=False, max_length=16)
    unit = forms.ChoiceField(label="unité", required=False)
    amount = QuantityField(label="montant en euros", required=False, max_length=16)
    category = forms.ChoiceField(label="catégorie", required=False)
    commune = CommuneField(required=False)
    until = DayField(label="jusqu’au", required=False)
    every = forms.ChoiceField(label="rythme", required=False, choices=[("", "une fois"), *Every.choices])
    mode = forms.ChoiceField(label="don ou prêt", required=False, choices=[("", "non dit"), *Mode.choices])
    public_text = forms.CharField(
        label="texte transmis à l’autre côté",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    description = forms.CharField(
        label="note du guichet", required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Reste au guichet.",
    )  # fmt: skip
    gives_name = forms.BooleanField(label="le nom", required=False)
    gives_phone = forms.BooleanField(label="le téléphone", required=False)
    gives_email = forms.BooleanField(label="le courriel", required=False)

    def __init__(self, *args: Any, desk: Desk, interaction: Interaction | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.desk, self.of_interaction = desk, interaction
        self.categories, self.units = categories_in_use(), units()
        self.fields["from"] = DayField(label="à partir du", required=False)
        self.fields["line"].widget.attrs |= self._live()
        cast("forms.ChoiceField", self.fields["category"]).choices = category_choices(self.categories)
        cast("forms.ChoiceField", self.fields["unit"]).choices = unit_choices(self.units)
        if interaction and interaction.organisation:
            self.known = [interaction.organisation.name, str(interaction.person or "")]

    def _live(self) -> dict[str, str]:
        """The line is read again while it is typed; only the chips are replaced, the hand stays where it is."""
        return {
            "class": "line",
            "data-key": self.KEY,
            "hx-post": reverse(self.READ),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": f"#chips-{self.SIDE}",
            "hx-swap": "innerHTML",
            "autocomplete": "off",
        }

    @property
    def chips(self) -> list[forms.BoundField]:
        return [self[name] for name in self.CHIPS]

    EXTRAS: ClassVar[tuple[str, ...]] = ()  # fields of one twin that are asked beside the line, not in it

    @property
    def extras(self) -> list[forms.BoundField]:
        return [self[name] for name in self.EXTRAS]

    @property
    def preview(self) -> str:
        """What was understood, in codes, for the floor that shows who could help."""
        known = getattr(self, "cleaned_data", {})
        amount, quantity, commune = known.get("amount"), known.get("quantity"), known.get("commune")
        said = {
            "side": self.SIDE,
            "form": f"saisie-{self.SIDE}",
            "category": known["category"].code if known.get("category") else "",
            "quantity": str(int(quantity)) if quantity else "",
            "unit": known["unit"].code if known.get("unit") else "",
            "amount_cents": str(int(amount * 100)) if amount else "",
            "commune": commune.code if commune else "",
            "since": str(known.get("from") or ""),
            "until": str(known.get("until") or ""),
        }
        return json.dumps(said)

    @property
    def advices(self) -> list[str]:
        """What the line, as it is typed, seems to name that it should not."""
        return list(dict.fromkeys(f"« {one.excerpt} » : {one.advice}" for one in self.findings["line"]))

    @property
    def asks(self) -> str:
        """The one thing that is missing most, as a question; nothing when the line says enough."""
        said = {name: self[name].value() for name in CHIPS[:-1]}
        if not said["category"]:
            return "Quoi ? Choisissez une catégorie."
        if not (said["quantity"] or said["amount"]):
            return "Combien ?"
        if not said["commune"]:
            return "Où ?"
        return "" if said["from"] or said["until"] else "Pour quand ?"

    @property
    def said(self) -> list[tuple[str, str, str]]:
        """What was understood, as chips: (word, detail, kind)."""
        known = getattr(self, "cleaned_data", {})
        chips = [*_how_many(known)]
        if category := known.get("category"):
            chips.append((category.label, "", ""))
        if commune := known.get("commune"):
            chips.append((commune.name, commune.code[:2], ""))
        return [*chips, *_when(known), *self._otherwise(known)]

    def _otherwise(self, known: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
        for name in ("every", "mode", "audience", "priority"):
            if known.get(name) and known[name] != _USUAL.get(name):
                yield _label(self.fields[name], known[name]), "", ""
        if people := known.get("people_expected"):
            yield french.counted(people, "personne"), "", ""

    def clean_organisation(self) -> Organisation:
        text = self.cleaned_data["organisation"]
        hits = find_organisations(text, limit=6)
        exact = [hit for hit in hits if hit.ref == text.strip().upper() or hit.name.lower() == text.strip().lower()]
        found = exact or hits
        if len(found) == 1:
            return Organisation.objects.get(pk=found[0].pk)
        if not found:
            raise forms.ValidationError("Aucune organisation de ce nom : enregistrez-la d’abord dans l’annuaire.")
        several = ", ".join(f"{hit.name} ({hit.ref})" for hit in found)
        raise forms.ValidationError(f"Plusieurs organisations : {several}. Donnez la référence de la bonne.")

    def clean_category(self) -> Category | None:
        return self.categories.get(self.cleaned_data["category"] or "")

    def clean_unit(self) -> Unit | None:
        return self.units.get(self.cleaned_data["unit"] or "")

    def clean(self) -> dict[str, Any]:
        facts = super().clean()
        if facts.get("from") and facts.get("until") and facts["until"] < facts["from"]:
            self.add_error("until", "La date de fin vient après la date de début.")
        facts["person"] = self._person(facts)
        if self._gives() and not facts["person"]:
            self.add_error("gives_name", "Un accord est celui d’un interlocuteur : dites d’abord qui parle.")
        return facts

    def _person(self, facts: Mapping[str, Any]) -> Person | None:
        organisation = facts.get("organisation")
        who = facts.get("person")
        return Person.objects.filter(organisation=organisation, pk=who).first() if organisation and who else None

    def _gives(self) -> dict[str, bool]:
        given = {name: bool(self.cleaned_data.get(name)) for name in ("gives_name", "gives_phone", "gives_email")}
        return given if any(given.values()) else {}

    def lines(self) -> list[LineFacts]:
        """The one line of the case; none while nobody said what it is."""
        said = self.cleaned_data
        category = said["category"]
        if category is None:
            return []
        quantity, unit = said["quantity"], said["unit"]
        if said["amount"] is not None:
            quantity, unit = said["amount"], Unit.objects.get(code=EURO)
        return [self.line_facts(category, quantity, unit)]

    def line_facts(self, category: Category, quantity: Decimal | None, unit: Unit | None) -> LineFacts:
        said = self.cleaned_data
        return LineFacts(
            category=category, quantity=quantity or 1, unit=unit, every=said["every"], mode=said["mode"] or Mode.GIFT
        )

    def is_complete(self) -> bool:
        said = self.cleaned_data
        counted = said["quantity"] or said["amount"]
        return bool(said["category"] and counted)

    def facts(self) -> dict[str, Any]:
        """What both twins are recorded with; without a category or a quantity it is still to qualify."""
        said = self.cleaned_data
        return {
            "desk": self.desk,
            "organisation": said["organisation"],
            "person": said["person"],
            "interaction": self.of_interaction,
            "typed": said["line"],
            "lines": self.lines(),
            "commune": said["commune"],
            "starts_on": said["from"],
            "ends_on": said["until"],
            "public_text": said["public_text"],
            "description": said["description"],
            "state": CaseState.OPEN if self.is_complete() else CaseState.TO_QUALIFY,
            "gives": self._gives(),
            "because": self.kept(),
        }


_USUAL = {"mode": Mode.GIFT, "priority": 2}


def _how_many(known: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    category, unit, quantity = known.get("category"), known.get("unit"), known.get("quantity")
    unit = unit or (category and category.unit)
    if known.get("amount") is not None:
        yield french.euros(int(known["amount"] * 100)), "", ""
    elif quantity is not None:
        yield plain(float(quantity)), (unit.label if quantity < 2 else unit.plural) if unit else "", ""


def _when(known: Mapping[str, Any]) -> Iterable[tuple[str, str, str]]:
    for name, word in (("from", "à partir du"), ("until", "avant le")):
        if day := known.get(name):
            doubt = "doubt" if day > clock.today() + FAR else ""
            yield f"{word} {french.day(day, today=clock.today())}", "", doubt


def _label(field: forms.Field, value: object) -> str:
    """What a choice says."""
    options: Any = cast("forms.ChoiceField", field).choices
    return str({str(one): label for one, label in options}.get(str(value), value))


def read_anew(data: Mapping[str, Any], understood: Mapping[str, str]) -> dict[str, Any]:
    """The fields after the line changed: what was corrected by hand stays, the rest follows the line."""
    before = _known(str(data.get("understood", "")))
    fields = dict(data.items())
    for name in (*CHIPS, "people_expected", "priority"):
        submitted = str(data.get(name, ""))
        if submitted == before.get(name, ""):
            fields[name] = understood.get(name, "")
    said = {**understood, "line": str(data.get("line", ""))}
    return fields | {"understood": json.dumps(said, ensure_ascii=False, sort_keys=True)}


def is_behind(data: Mapping[str, Any]) -> bool:
    """Were the fields read from another line than the one that stands there: typed too fast, or without scripts?"""
    read = _known(str(data.get("understood", ""))).get("line", "")
    return read.split() != str(data.get("line", "")).split()


def _known(text: str) -> dict[str, str]:
    """What the page says it understood; a page that says nonsense understood nothing."""
    try:
        said = json.loads(text or "{}")
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in said.items()} if isinstance(said, dict) else {}
