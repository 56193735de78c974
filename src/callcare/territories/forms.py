"""The field where a commune is named: typed in letters, chosen from a list, understood without scripts too."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from callcare.core.french import listed
from callcare.territories.models import Territory
from callcare.territories.search import meant, search

SHOWN = 6  # how many choices a sentence can hold


class CommuneInput(forms.TextInput):
    """A text field whose suggestions come from the server while the person types."""

    template_name = "territories/widgets/commune.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["suggestions"] = f"{context['widget']['attrs'].get('id', name)}_communes"
        context["widget"]["url"] = f"{reverse('territories:search')}?field={name}"
        return context


class CommuneField(forms.Field):
    """A commune by its name, postcode or code. `cleaned_data` holds the Territory, or None when it may be empty."""

    widget = CommuneInput
    default_error_messages = {"required": "Indiquez la commune."}

    def __init__(self, *, near: Territory | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("label", "commune")
        kwargs.setdefault("help_text", "Nom ou code postal.")
        super().__init__(**kwargs)
        self.near = near

    def prepare_value(self, value: Any) -> Any:
        """A Territory (or its key, from a model) is shown as it can be typed; what was typed is kept as it was."""
        if isinstance(value, int):
            value = Territory.objects.select_related("departement").filter(pk=value).first()
        return value.label if isinstance(value, Territory) else value

    def to_python(self, value: Any) -> Territory | None:
        if value in self.empty_values or isinstance(value, Territory):
            return value or None
        choices = meant(str(value), near=self.near)
        if len(choices) == 1:
            return Territory.objects.with_parents().get(pk=choices[0].pk)
        if choices:
            said = listed([found.label for found in choices[:SHOWN]], "ou")
            raise ValidationError(f"Plusieurs communes possibles : {said}. Précisez laquelle.", code="several")
        near = search(str(value), limit=3, near=self.near)
        if near:
            said = listed([found.label for found in near], "ou")
            raise ValidationError(f"Aucune commune de ce nom. Vouliez-vous dire {said} ?", code="near")
        raise ValidationError("Aucune commune de ce nom ni de ce code postal. Vérifiez l’orthographe.", code="unknown")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compared as it is typed: nobody looks the commune up only to say that nothing changed."""
        return not self.disabled and (self.prepare_value(initial) or "") != (data or "")
