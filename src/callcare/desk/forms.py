"""What the pages of the desk ask."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.forms.boundfield import BoundWidget
from django.utils.text import slugify

from callcare.accounts.enums import Role
from callcare.accounts.models import User
from callcare.core import clock
from callcare.desk.enums import Direction, Disposition, InteractionChannel
from callcare.desk.models import Desk
from callcare.directory.models import Organisation, Person
from callcare.directory.rules import phones
from callcare.ui.forms import DayField

HOUR = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
BY_HAND = [choice for choice in InteractionChannel.choices if choice[0] != InteractionChannel.IMPORT]
SAID = [
    Disposition.NEED, Disposition.COMMITMENT, Disposition.UPDATE, Disposition.CALL_BACK, Disposition.REFERRAL,
    Disposition.INFORMATION, Disposition.OUT_OF_SCOPE, Disposition.WRONG_NUMBER, Disposition.SILENT, Disposition.SALES,
]  # fmt: skip


def _number(text: str) -> str:
    """A telephone number in its one written form; a sentence where it cannot be one."""
    phone = phones.parse(text)
    if text.strip() and not phone.is_dialable:
        raise forms.ValidationError("Ce numéro ne peut pas être appelé. Exemple : 03 53 01 12 01.")
    return phone.value


class StartForm(forms.Form):
    """A contact begins: by which channel, from which number."""

    channel = forms.ChoiceField(label="canal", choices=BY_HAND, initial=InteractionChannel.PHONE)
    direction = forms.ChoiceField(label="sens", choices=Direction.choices, initial=Direction.IN, required=False)
    raw_identity = forms.CharField(label="numéro ou adresse", max_length=254, required=False)

    def clean_direction(self) -> str:
        return self.cleaned_data["direction"] or Direction.IN

    def clean_raw_identity(self) -> str:
        """A number where it is one. What cannot be one is asked about once, and kept when it is sent again."""
        said = str(self.cleaned_data["raw_identity"]).strip()
        phone = phones.parse(said)
        is_call = self.cleaned_data.get("channel") == InteractionChannel.PHONE
        is_hidden = phone.kind == phones.PhoneKind.HIDDEN or "masqu" in said.casefold()
        if is_call and not (phone.is_dialable or is_hidden or said == self.data.get("asked_about")):
            raise forms.ValidationError(
                f"« {said} » ne peut pas être un numéro. Corrigez-le ou videz le champ ; envoyé tel quel une "
                "seconde fois, il est gardé."
            )
        return phone.value or said


class IdentifyForm(forms.Form):
    """Who is speaking: an organisation by its reference, one of its persons."""

    organisation = forms.CharField(label="organisation", max_length=10)
    person = forms.IntegerField(label="interlocuteur", required=False)

    def clean(self) -> dict[str, Any]:
        facts = dict(super().clean() or {})
        found = Organisation.objects.live().filter(ref=facts.get("organisation", "")).first()
        if found is None:
            raise forms.ValidationError("Choisissez une organisation dans la liste.")
        who = Person.objects.filter(organisation=found, pk=facts.get("person") or 0).first()
        return {"organisation": found, "person": who}


class FinishForm(forms.Form):
    """What the contact led to, and the note."""

    dispositions = forms.MultipleChoiceField(
        label="suite donnée",
        choices=[(one.value, one.label) for one in SAID],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Besoins, engagements, rappels et orientations notés ici comptent d’eux-mêmes.",
    )
    summary = forms.CharField(
        label="note", required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3, "data-key": "n"})
    )

    # Asked in so many words; the rest is counted by what was made, or has a key of its own.
    ASKED = (Disposition.UPDATE, Disposition.INFORMATION, Disposition.OUT_OF_SCOPE)

    @property
    def said_boxes(self) -> list[BoundWidget]:
        """The boxes worth showing at the end of an ordinary contact."""
        return [box for box in self["dispositions"] if box.data["value"] in self.ASKED]


class CallBackForm(forms.Form):
    """When to call back, and at which number."""

    day = DayField(label="jour", required=False)
    hour = forms.TimeField(label="heure", required=False, widget=HOUR)
    number = forms.CharField(label="numéro à rappeler", max_length=40)
    note = forms.CharField(label="à dire", max_length=300, required=False)

    def clean_number(self) -> str:
        return _number(self.cleaned_data["number"])

    def clean(self) -> dict[str, Any]:
        facts = dict(super().clean() or {})
        day: date = facts.get("day") or clock.today()
        if day < clock.today():
            self.add_error("day", "Choisissez un jour à venir.")
        if day > clock.today() + timedelta(days=366):
            self.add_error("day", "C’est dans plus d’un an : vérifiez l’année.")
        now = clock.now().astimezone(clock.PARIS)
        at: time = facts.get("hour") or (now + timedelta(hours=1)).time()
        facts["due_at"] = datetime.combine(day, at, clock.PARIS)
        return facts


class ReferForm(forms.Form):
    """Towards which service the caller is sent."""

    service = forms.CharField(label="vers quel service", max_length=120)


class SnoozeForm(forms.Form):
    """Until when a step is put off."""

    day = DayField(label="reporter au")

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day <= clock.today():
            raise forms.ValidationError("Choisissez un jour à venir.")
        return day


WEEK = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def _each(text: str) -> list[str]:
    return [piece.strip() for piece in text.replace(",", "\n").splitlines() if piece.strip()]


class DeskForm(forms.Form):
    """What a desk is: name, numbers, mailboxes, operators, neighbours."""

    name = forms.CharField(label="nom", max_length=80)
    numbers = forms.CharField(
        label="numéros", required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="Un par ligne."
    )
    mailboxes = forms.CharField(
        label="boîtes aux lettres",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Une par ligne.",
    )
    operators = forms.ModelMultipleChoiceField(
        label="opératrices", queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    neighbours = forms.ModelMultipleChoiceField(
        label="guichets voisins", queryset=Desk.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, desk: Desk | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.desk = desk
        able = User.objects.filter(roles__contains=[Role.OPERATOR], is_active=True).order_by("display_name")
        others = Desk.objects.exclude(pk=desk.pk if desk else 0).order_by("name")
        self.fields["operators"].queryset = able  # type: ignore[attr-defined]
        self.fields["neighbours"].queryset = others  # type: ignore[attr-defined]

    @staticmethod
    def read(desk: Desk) -> dict[str, Any]:
        """What the page shows of a desk as it is."""
        return {
            "name": desk.name,
            "numbers": "\n".join(phones.shown(number) for number in desk.numbers),
            "mailboxes": "\n".join(desk.mailboxes),
            "operators": desk.operators.all(),
            "neighbours": desk.neighbours.all(),
        }

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Desk.objects.filter(name__iexact=name).exclude(pk=self.desk.pk if self.desk else 0).exists():
            raise forms.ValidationError("Un guichet porte déjà ce nom.")
        if not slugify(name):
            raise forms.ValidationError("Donnez un nom avec au moins une lettre.")
        return name

    def clean_numbers(self) -> list[str]:
        return [_number(one) for one in _each(self.cleaned_data["numbers"])]

    def clean_mailboxes(self) -> list[str]:
        boxes = [one.lower() for one in _each(self.cleaned_data["mailboxes"])]
        for box in boxes:
            validate_email(box)
        return boxes

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    def slug(self) -> str:
        return str(slugify(self.cleaned_data["name"]))[:50]


class HoursForm(forms.Form):
    """The week: for each day, its open hours as people write them: « 9:00-12:30, 13:30-18:00 »; empty: closed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(WEEK):
            self.fields[f"day_{number}"] = forms.CharField(
                label=name, required=False, max_length=60, help_text="fermé" if number > 4 else ""
            )
        self.spans: dict[int, list[tuple[time, time]]] = {}

    @staticmethod
    def read(desk: Desk) -> dict[str, str]:
        by_day: dict[str, list[str]] = {}
        for line in desk.hours.order_by("weekday", "opens"):
            by_day.setdefault(f"day_{line.weekday}", []).append(f"{line.opens:%H:%M}-{line.closes:%H:%M}")
        return {day: ", ".join(spans) for day, spans in by_day.items()}

    def clean(self) -> dict[str, Any]:
        for number in range(7):
            said = str(self.cleaned_data.get(f"day_{number}", ""))
            try:
                self.spans[number] = [_span(piece) for piece in _each(said)]
            except ValueError:
                self.add_error(f"day_{number}", "Écrivez les heures ainsi : 9:00-12:30, 13:30-18:00.")
        return self.cleaned_data

    def week(self) -> dict[int, list[tuple[time, time]]]:
        return self.spans


def _span(text: str) -> tuple[time, time]:
    """« 9h-12h30 » → (9:00, 12:30); ValueError where it is not a span in order."""
    found = re.fullmatch(r"(\d{1,2})\s*[:h]?\s*(\d{2})?\s*[-–à]\s*(\d{1,2})\s*[:h]?\s*(\d{2})?", text.strip())
    if not found:
        raise ValueError(text)
    opens = time(int(found[1]), int(found[2] or 0))
    closes = time(int(found[3]), int(found[4] or 0))
    if opens >= closes:
        raise ValueError(text)
    return opens, closes


class ClosureForm(forms.Form):
    """Days when the desk is closed, or open although it would not be."""

    first_on = DayField(label="du")
    last_on = DayField(label="au")
    label = forms.CharField(label="motif", max_length=80)
    is_opening = forms.BooleanField(label="ouverture exceptionnelle", required=False)

    def clean(self) -> dict[str, Any]:
        facts = dict(super().clean() or {})
        if facts.get("first_on") and facts.get("last_on") and facts["last_on"] < facts["first_on"]:
            self.add_error("last_on", "Le dernier jour vient après le premier.")
        return facts
