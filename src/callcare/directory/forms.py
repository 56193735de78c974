"""What the pages of the directory ask."""

from typing import Any, cast

from django import forms

from callcare.directory.enums import ChannelUse, OrganisationKind
from callcare.directory.models import Organisation, Person
from callcare.directory.rules import Wrong, emails, identifiers, phones
from callcare.territories.forms import CommuneField
from callcare.ui.forms import DayField


class Checked(forms.CharField):
    """A text one of our rules reads; what is wrong is said beside the field."""

    def __init__(self, rule: Any, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.rule = rule

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return self.rule(text) if text else ""
        except Wrong as wrong:
            raise forms.ValidationError(str(wrong)) from wrong


def _number(text: str) -> str:
    """The text itself, when it is a number: the extension is in it."""
    phones.number(text)
    return text


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Who they are."""

    commune = CommuneField(required=False)
    kind = forms.ChoiceField(label="nature", choices=[("", "choisir une nature"), *OrganisationKind.choices])
    siret = Checked(identifiers.siret, label="SIRET")
    siren = Checked(identifiers.siren, label="SIREN", help_text="Lu dans le SIRET quand il est donné.")
    rna = Checked(identifiers.rna, label="numéro RNA")
    website = forms.URLField(label="site", required=False, assume_scheme="https")
    networks = forms.CharField(label="réseaux", required=False, help_text="Séparés par des virgules.")

    class Meta:
        model = Organisation
        fields = ("name", "kind", "commune", "address", "siret", "siren", "rna", "website", "networks", "description")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = cast("forms.TypedChoiceField", self.fields["kind"])
        kind.choices = [("", "Choisir"), *OrganisationKind.choices]
        if self.instance.pk:
            self.initial["networks"] = ", ".join(self.instance.networks)

    def clean_networks(self) -> list[str]:
        return [name.strip() for name in self.cleaned_data["networks"].split(",") if name.strip()]

    def _post_clean(self) -> None:
        """Nothing is written into the row here: the deed does it, and the database has the last word."""


class SpeakerForm(forms.Form):
    """Who speaks for them, and how she is reached."""

    first_name = forms.CharField(label="prénom", max_length=60, required=False)
    last_name = forms.CharField(label="nom", max_length=80, required=False)
    role = forms.CharField(label="fonction", max_length=80, required=False)
    phone = Checked(_number, label="téléphone")
    email = Checked(emails.address, label="courriel")

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or {}
        if (facts.get("first_name") or facts.get("role")) and not facts.get("last_name"):
            self.add_error("last_name", "Donnez le nom de l’interlocuteur.")
        return facts


class QuickForm(SpeakerForm):
    """All that is known of a new caller, on one line of the console."""

    name = forms.CharField(label="nom de l’organisation", max_length=200)
    kind = forms.ChoiceField(label="nature", choices=OrganisationKind.choices)
    commune = CommuneField(required=False)
    field_order = ("name", "kind", "commune")


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """Somebody who speaks for an organisation."""

    left_on = DayField(label="partie le", required=False)

    class Meta:
        model = Person
        fields = ("first_name", "last_name", "role", "do_not_contact", "left_on")

    def _post_clean(self) -> None:
        """Nothing is written into the row here: the deed does it."""


class ChannelForm(forms.Form):
    """A number or an address, and for what."""

    value = forms.CharField(label="numéro ou adresse", max_length=254)
    use = forms.ChoiceField(label="usage", choices=[c for c in ChannelUse.choices if c[0] != ChannelUse.FORMER])
    is_public = forms.BooleanField(label="publique", required=False)

    def clean_value(self) -> str:
        text: str = self.cleaned_data["value"]
        try:
            if "@" in text:
                emails.address(text)
            else:
                phones.number(text)
        except Wrong as wrong:
            raise forms.ValidationError(str(wrong)) from wrong
        return text
