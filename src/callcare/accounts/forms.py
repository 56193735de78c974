from typing import Any

from allauth.account import forms as library
from django import forms

from callcare.accounts.enums import Role
from callcare.accounts.models import User

ADDRESS = {"autocomplete": "email", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
LONG_ENOUGH = "Quinze caractères au moins : quatre ou cinq mots qui ne vont pas ensemble."


def _say(form: forms.Form, **labels: str) -> None:
    """Our words on the library's fields, and no placeholder in the place of a label."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label, field.help_text = label, ""
        field.widget.attrs.pop("placeholder", None)


class LoginForm(library.LoginForm):  # type: ignore[misc]  # untyped library
    """An address and a passphrase."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, login="courriel", password="phrase de passe")  # noqa: S106  # a label
        self.fields["login"].widget.attrs |= ADDRESS


class CodeRequestForm(library.RequestLoginCodeForm):  # type: ignore[misc]  # untyped library
    """The address a code is sent to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, email="courriel")
        self.fields["email"].widget.attrs |= ADDRESS


class CodeForm(library.ConfirmLoginCodeForm):  # type: ignore[misc]  # untyped library
    """The code that was sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, code="code reçu par courriel")
        self.fields["code"].widget.attrs |= {"autocapitalize": "characters", "spellcheck": "false"}


class PassphraseForm(library.ChangePasswordForm):  # type: ignore[misc]  # untyped library
    """A new passphrase in the place of the present one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, oldpassword="phrase de passe actuelle", password1="nouvelle phrase de passe")
        _say(self, password2="la même, encore une fois")  # a label
        self.fields["password1"].help_text = LONG_ENOUGH


class FirstPassphraseForm(library.SetPasswordForm):  # type: ignore[misc]  # untyped library
    """A passphrase for somebody who signed in by code until now."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, password1="phrase de passe", password2="la même, encore une fois")
        self.fields["password1"].help_text = LONG_ENOUGH


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """What one settles for oneself."""

    class Meta:
        model = User
        fields = ("display_name", "shortcuts")
        help_texts = {
            "display_name": "Il signe vos actes dans l’historique.",
            "shortcuts": "B, E, R… agissent d’une touche quand le curseur n’est dans aucun champ.",
        }


class RolesForm(forms.Form):
    """What a person is for the house."""

    roles = forms.TypedMultipleChoiceField(
        label="rôles", choices=Role.choices, coerce=Role, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins un rôle."},
    )  # fmt: skip


class InviteForm(RolesForm):
    """A new account."""

    email = forms.EmailField(label="courriel", widget=forms.EmailInput(attrs=ADDRESS | {"autocomplete": "off"}))
    name = forms.CharField(label="nom affiché", max_length=80, help_text="Comme la personne se présente au téléphone.")
    field_order = ("email", "name", "roles")


class ClosureForm(forms.Form):
    """Why an account is closed."""

    because = forms.CharField(label="raison", max_length=200, error_messages={"required": "Dites pourquoi."})
