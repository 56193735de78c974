from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from callcare.core.deeds import Line
from callcare.ui.forms import DayField
from callcare.ui.templatetags.surroundings import Spot


class SampleForm(forms.Form):
    """Every kind of field, one of them wrong."""

    name = forms.CharField(label="nom de l’organisation", help_text="Tel qu’il figure dans ses statuts.")
    quantity = forms.IntegerField(label="quantité", min_value=1)
    kind = forms.ChoiceField(label="catégorie", choices=[("goods", "biens"), ("time", "temps"), ("money", "argent")])
    by_day = DayField(label="avant le", required=False)
    mode = forms.ChoiceField(
        label="don ou prêt", choices=[("gift", "don"), ("loan", "prêt"), ("either", "don ou prêt")],
        widget=forms.RadioSelect, help_text="Ce que la personne accepte.",
    )  # fmt: skip
    details = forms.MultipleChoiceField(
        label="accord pour transmettre", choices=[("name", "nom"), ("phone", "téléphone"), ("email", "courriel")],
        widget=forms.CheckboxSelectMultiple, required=False,
    )  # fmt: skip
    words = forms.CharField(label="ce que dit la personne", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    named = forms.BooleanField(label="peut être citée dans le bilan", required=False, help_text="Jamais sans accord.")


@dataclass(frozen=True, slots=True)
class Sample:
    """A thing with a state, for the gallery."""

    state: str
    label: str

    def get_state_display(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True)
class SampleUnit:
    label: str
    plural: str
    factor: int


@dataclass(frozen=True, slots=True)
class SampleLine:
    """A line of a need, as `qty` and `quantities` read it."""

    measure: str
    unit: SampleUnit
    qty_requested: int
    qty_reserved: int = 0
    qty_fulfilled: int = 0


STATES = [
    Sample("open", "ouvert"), Sample("in_progress", "en cours"), Sample("succeeded", "aboutie"),
    Sample("unreachable", "injoignable"), Sample("closed", "clos"),
]  # fmt: skip
PIECES = SampleLine("piece", SampleUnit("pièce", "pièces", 1), 15, 11, 6)
HALF_DAYS = SampleLine("minute", SampleUnit("demi-journée", "demi-journées", 210), 450, 210)
EUROS = SampleLine("cent", SampleUnit("euro", "euros", 100), 300_000, 150_000, 150_000)
FUNNEL = [
    ("Contacts", 2164), ("Besoins", 731), ("Mises en relation", 588), ("Remises", 462), ("Personnes", 1214),
]  # fmt: skip
SPOTS = [
    ("Lille", 50.63, 3.06, 24),
    ("Roubaix", 50.69, 3.18, 12),
    ("Lens", 50.43, 2.83, 7),
    ("Dunkerque", 51.03, 2.38, 3),
]
HERE = Spot(0, "Lille", 50.63, 3.06)
AROUND = [
    Spot(1, "Roubaix", 50.69, 3.17), Spot(2, "Roubaix", 50.69, 3.17), Spot(3, "Lens", 50.43, 2.83),
    Spot(4, "Amiens", 49.89, 2.3), Spot(5, "Dunkerque", 51.03, 2.38),
]  # fmt: skip

WEEKS = [(f"s. {week}", count) for week, count in enumerate([96, 121, 140, 131, 168, 176, 158, 190, 184, 166, 202], 6)]


class Outdated:
    """What `conflict` shows, without a database."""

    lines: tuple[Line, ...] = ()

    def __str__(self) -> str:
        return "Cette fiche a changé pendant que vous écriviez ; votre texte est gardé."


def _told() -> list[dict[str, Any]]:
    first = Line(datetime(2021, 3, 8, 9, 42, tzinfo=UTC), "need.recorded", "a noté le besoin", 1, "", {})
    last = Line(
        datetime(2021, 3, 9, 13, 5, tzinfo=UTC),
        "need.edited",
        "a modifié le besoin",
        2,
        "elle a rappelé",
        {},
    )
    return [
        {"line": last, "who": "Nathalie", "changes": [("quantité", 12, 15), ("avant le", None, "2 avril")]},
        {"line": first, "who": "Marion", "changes": []},
    ]


@login_not_required
@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Every component once, in every state: the page we look at, and the page axe looks at."""
    form = SampleForm({"name": "", "quantity": "3", "kind": "goods", "mode": "gift", "words": "Révisions du bac."})
    facts = {
        "states": STATES, "form": form, "pieces": PIECES, "half_days": HALF_DAYS, "euros": EUROS, "steps": FUNNEL,
        "weeks": WEEKS, "spots": SPOTS, "here": HERE, "around": AROUND, "told": _told(),
        "outdated": Outdated(), "page": Paginator(range(62), 20).page(2),
        "day": datetime(2021, 4, 2, 8, 0, tzinfo=UTC),
    }  # fmt: skip
    return render(request, "ui/style.html", facts)
