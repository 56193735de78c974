"""What the steward's pages of the catalogue ask."""

from typing import Any

from django import forms

from callcare.catalogue.models import Category, Unit


class SynonymsField(forms.CharField):
    """One word or phrase per line, as callers say it."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = [" ".join(line.split()) for line in str(super().clean(value)).splitlines()]
        kept = list(dict.fromkeys(line for line in lines if line))
        if long := next((line for line in kept if len(line) > 60), ""):
            raise forms.ValidationError(f"« {long[:30]}… » est trop long : 60 lettres au plus par ligne.")
        return kept


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """A category as its steward edits it: the code and the place in the tree are given once."""

    unit = forms.ModelChoiceField(
        Unit.objects.order_by("pk"), label="unité habituelle", empty_label="choisir une unité"
    )
    synonyms = SynonymsField(
        label="synonymes", required=False, help_text="Un par ligne, au singulier : le pluriel est compris de lui-même."
    )

    class Meta:
        model = Category
        fields = ("label", "unit", "synonyms", "is_tracked", "is_computer")


class NewCategoryForm(CategoryForm):
    """A new category takes its nature from its mother."""

    parent = forms.ModelChoiceField(
        Category.objects.in_use().order_by("path"), label="catégorie mère", empty_label="choisir sa mère"
    )

    class Meta:
        model = Category
        fields = ("parent", "label", "unit", "synonyms", "is_tracked", "is_computer")


class RetireForm(forms.Form):
    """Why nobody should choose this category any more."""

    because = forms.CharField(
        label="motif",
        max_length=200,
        help_text="Les besoins et engagements déjà enregistrés la gardent ; elle n’est plus proposée.",
        error_messages={"required": "Dites pourquoi cette catégorie est retirée."},
    )
