"""What the page « Tableurs » asks."""

from typing import Any

from django import forms

from callcare.accounts.models import User
from callcare.desk.enums import ImportWhat
from callcare.desk.models import Desk
from callcare.desk.sheets.reading import MOST_BYTES


class TableForm(forms.Form):
    """A file, what it holds, and the desk it is for where she keeps several."""

    what = forms.ChoiceField(label="Ce que contient le tableau", choices=ImportWhat.choices)
    desk = forms.ModelChoiceField(label="Guichet", queryset=Desk.objects.none(), empty_label=None)
    file = forms.FileField(
        label="Fichier",
        help_text="Un .csv, .xlsx ou .ods, avec un titre par colonne. Rien n’est écrit à cette étape.",
        allow_empty_file=True,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xls,.ods"}),
        error_messages={
            "required": "Choisissez un fichier.",
            "max_length": "Le nom de ce fichier est trop long : raccourcissez-le.",
        },
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        desks = Desk.objects.filter(operators=user).order_by("name")
        self.fields["desk"].queryset = desks  # type: ignore[attr-defined]
        if len(desks) == 1:
            self.fields["desk"].widget = forms.HiddenInput()
            self.fields["desk"].initial = desks[0].pk

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError("Ce fichier dépasse 10 Mo. Partagez-le en plusieurs fichiers.")
        return file


class ApplyForm(forms.Form):
    """How to write what was shown."""

    partial = forms.BooleanField(label="Écrire seulement les bonnes lignes", required=False)
    yes_large = forms.BooleanField(label="Les très grandes quantités sont voulues", required=False)
