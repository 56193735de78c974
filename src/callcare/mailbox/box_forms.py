"""What the page « Boîtes aux lettres » asks."""

from typing import Any

from django import forms

from callcare.desk.models import Desk
from callcare.mailbox.actions.boxes import IN_CLEAR
from callcare.mailbox.enums import Security
from callcare.mailbox.line import is_loopback
from callcare.mailbox.models import Mailbox


class LineForm(forms.Form):
    """How a box is reached. A password left empty stays as it is."""

    host = forms.CharField(
        label="serveur", max_length=200, help_text="Donné par le fournisseur, par exemple : imap.fournisseur.fr."
    )
    security = forms.ChoiceField(label="protection", choices=Security.choices, initial=Security.TLS)
    port = forms.IntegerField(
        label="port", min_value=1, max_value=65535, initial=993, help_text="993 avec TLS, 143 avec STARTTLS."
    )
    login = forms.CharField(label="identifiant", max_length=200, help_text="Souvent l’adresse elle-même.")
    password = forms.CharField(
        label="mot de passe",
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Gardé chiffré, et jamais montré.",
    )
    folder = forms.CharField(label="dossier relevé", max_length=120, initial="INBOX")
    treated = forms.CharField(
        label="dossier des courriels relevés",
        max_length=120,
        required=False,
        help_text="Les courriels gardés y sont déplacés. Vide : ils restent où ils sont, marqués comme lus. "
        "Aucun n’est jamais supprimé.",
    )

    def clean(self) -> dict[str, Any]:
        facts = dict(super().clean() or {})
        if facts.get("security") == Security.NONE and facts.get("host") and not is_loopback(facts["host"].strip()):
            self.add_error("security", IN_CLEAR)
        if facts.get("security") == Security.STARTTLS and facts.get("port") == 993:
            self.add_error("port", "Le port 993 parle TLS dès le début : choisissez TLS, ou le port 143.")
        if facts.get("treated") and facts.get("treated") == facts.get("folder"):
            self.add_error("treated", "Choisissez un autre dossier que celui qui est relevé.")
        return facts


class NewBoxForm(LineForm):
    """Which desk, which address, and how it is reached."""

    desk = forms.ModelChoiceField(label="guichet", queryset=Desk.objects.none(), empty_label=None)
    address = forms.EmailField(label="adresse", max_length=254, help_text="Celle à laquelle les gens écrivent.")
    field_order = ("desk", "address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["desk"].queryset = Desk.objects.order_by("name")  # type: ignore[attr-defined]

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"].lower()
        if "/" in address:
            raise forms.ValidationError("Une adresse relevée ne contient pas de « / ».")
        if Mailbox.objects.filter(address=address).exists():
            raise forms.ValidationError("Cette adresse est déjà relevée.")
        return address


class BoxForm(LineForm):
    """What may be changed of a box."""

    is_enabled = forms.BooleanField(label="en service", required=False)
    because = forms.CharField(
        label="raison", max_length=200, required=False, help_text="Demandée pour mettre hors service."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = False
        self.fields["password"].help_text = "Déjà noté : laissez vide pour le garder."

    @staticmethod
    def read(box: Mailbox) -> dict[str, Any]:
        """The box as it is; its password is not shown again."""
        names = ("host", "security", "port", "login", "folder", "treated", "is_enabled")
        return {name: getattr(box, name) for name in names}
