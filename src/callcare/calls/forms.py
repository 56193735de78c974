"""What the pages of the telephone ask."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.text import slugify

from callcare.accounts.models import User
from callcare.calls.enums import Provider
from callcare.calls.models import Trunk
from callcare.desk.models import Desk
from callcare.ui.forms import DayField


class NewTrunkForm(forms.Form):
    """Which desk, which provider, and a name by which people know the line."""

    desk = forms.ModelChoiceField(label="guichet", queryset=Desk.objects.none(), empty_label=None)
    provider = forms.ChoiceField(label="opérateur téléphonique", choices=Provider.choices)
    name = forms.CharField(label="nom", max_length=80, help_text="Par exemple : le numéro, ou le nom de la ligne.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["desk"].queryset = Desk.objects.order_by("name")  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if not slugify(name):
            raise forms.ValidationError("Donnez un nom avec au moins une lettre ou un chiffre.")
        if Trunk.objects.filter(slug=slugify(name)[:50]).exists():
            raise forms.ValidationError("Un raccordement porte déjà ce nom.")
        return name

    def facts(self) -> dict[str, Any]:
        return {**self.cleaned_data, "slug": slugify(self.cleaned_data["name"])[:50]}


class TrunkForm(forms.Form):
    """What the provider gave us, and whether the door is open. A secret left empty stays as it is."""

    name = forms.CharField(label="nom", max_length=80)
    is_enabled = forms.BooleanField(label="en service", required=False)
    because = forms.CharField(
        label="raison", max_length=200, required=False, help_text="Demandée pour mettre hors service."
    )

    def __init__(self, *args: Any, trunk: Trunk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trunk = trunk
        for setting in trunk.adapter.settings:
            hint = setting.hint
            if setting.is_secret and setting.name in trunk.settings:
                hint = f"{hint} Déjà noté : laissez vide pour le garder.".strip()
            widget = forms.PasswordInput(attrs={"autocomplete": "off"}) if setting.is_secret else forms.TextInput()
            self.fields[f"option_{setting.name}"] = forms.CharField(
                label=setting.label, help_text=hint, required=False, max_length=500, widget=widget
            )

    @staticmethod
    def read(trunk: Trunk) -> dict[str, Any]:
        """What the page shows of a trunk as it is; secrets are not shown again."""
        shown = {one.name for one in trunk.adapter.settings if not one.is_secret}
        options = {f"option_{name}": word for name, word in trunk.options.items() if name in shown}
        return {"name": trunk.name, "is_enabled": trunk.is_enabled, **options}

    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        options = {one.name: said[f"option_{one.name}"] for one in self.trunk.adapter.settings}
        return {**{name: said[name] for name in ("name", "is_enabled", "because")}, "options": options}


class ExtensionForm(forms.Form):
    """Which name the provider has for an operator of the desk."""

    operator = forms.ModelChoiceField(label="opératrice", queryset=User.objects.none(), empty_label=None)
    value = forms.CharField(
        label="poste ou identifiant", max_length=120, help_text="Poste, identifiant, adresse ou nom."
    )

    def __init__(self, *args: Any, trunk: Trunk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["operator"].queryset = trunk.desk.operators.order_by("display_name")  # type: ignore[attr-defined]


LONGEST = timedelta(days=366)


class PeriodForm(forms.Form):
    """Which figures: from when to when, at which desk."""

    du = DayField(label="du", required=False)
    au = DayField(label="au", required=False)
    guichet = forms.ChoiceField(label="guichet", required=False)

    def __init__(self, *args: Any, desks: Iterable[Desk], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.desks = {desk.slug: desk for desk in desks}
        known = [(slug, desk.name) for slug, desk in self.desks.items()]
        self.fields["guichet"].choices = [("", "tous"), *known]  # type: ignore[attr-defined]

    def clean_guichet(self) -> Desk | None:
        return self.desks.get(self.cleaned_data["guichet"])

    def clean(self) -> dict[str, Any]:
        facts = dict(super().clean() or {})
        first, last = facts.get("du"), facts.get("au")
        if first and last and last < first:
            self.add_error("au", "La fin vient après le début.")
        elif first and last and last - first > LONGEST:
            self.add_error("au", "Choisissez une année au plus.")
        if any(day and not 2000 <= day.year <= 2100 for day in (first, last)):
            self.add_error(None, "Vérifiez l’année.")
        return facts
