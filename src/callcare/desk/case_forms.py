"""What the pages of needs and commitments ask. Both twins use these; what is only one twin's lies with the twin."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, cast

from django import forms

from callcare.catalogue.enums import Every, Mode, ReasonUse
from callcare.catalogue.models import Category, Reason, Unit
from callcare.core import clock
from callcare.desk.actions.cases import LineFacts
from callcare.desk.models import Case, CaseLine
from callcare.desk.rules import privacy
from callcare.directory.models import Organisation, Person
from callcare.territories.forms import CommuneField
from callcare.ui.forms import DayField, OwnIds

MORNING = time(9)  # a day chosen on a page means its opening


class QuantityField(forms.CharField):
    """A quantity as people type it: « 1 200 », « 2,5 ». In the unit of the line, not in measures."""

    def clean(self, value: Any) -> Any:
        said = super().clean(value)
        packed = "".join(said.split()).replace(",", ".").removesuffix("€")
        if not packed:
            return None
        try:
            quantity = Decimal(packed)
        except InvalidOperation as error:
            raise forms.ValidationError("Écrivez un nombre, par exemple 12 ou 2,5.") from error
        if not quantity.is_finite() or quantity < 0 or quantity > 10**9:
            raise forms.ValidationError("Écrivez un nombre entre 0 et un milliard.")
        return quantity


def categories() -> list[Category]:
    """The whole catalogue in the order it is shown, retired ones too, with the unit each is counted in."""
    return list(Category.objects.select_related("unit").order_by("kind", "label"))


def categories_in_use() -> dict[str, Category]:
    """The categories a form offers, by their codes."""
    return {category.code: category for category in categories() if not category.is_retired}


def units() -> dict[str, Unit]:
    """Every unit by its code."""
    return {unit.code: unit for unit in Unit.objects.order_by("measure", "pk")}


def category_choices(known: Mapping[str, Category] | None = None) -> list[Any]:
    """The categories in use, under their kinds."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for category in (categories_in_use() if known is None else known).values():
        groups.setdefault(category.get_kind_display(), []).append((category.code, category.label))
    return [("", "à choisir"), *groups.items()]


def unit_choices(known: Mapping[str, Unit] | None = None) -> list[tuple[str, str]]:
    offered = (units() if known is None else known).values()
    return [("", "l’unité habituelle"), *((unit.code, unit.plural) for unit in offered)]


class WarnsOfNames(forms.Form):
    """Warns where a text seems to name a person who is helped; the text is corrected, or kept with a reason."""

    WATCHED: ClassVar[Iterable[str]] = ()  # the fields whose text people could name somebody in

    keep_because = forms.CharField(
        label="garder ce texte : pourquoi ?",
        required=False,
        max_length=200,
        help_text="Les personnes aidées sont comptées, jamais nommées. Corrigez, ou dites pourquoi garder.",
    )

    known: Iterable[str] = ()  # names that may stand there: the interlocutor's, the organisation's

    @property
    def is_warning(self) -> bool:
        return any(self.findings.values())

    @property
    def findings(self) -> dict[str, list[privacy.Finding]]:
        """What was found, by field."""
        texts = {name: str(self.data.get(self.add_prefix(name), "")) for name in self.WATCHED}
        return {name: privacy.found_in(text, known=self.known) for name, text in texts.items()}

    def warn(self, facts: dict[str, Any]) -> None:
        """Say beside each field what was found in it, unless the person said why it stays."""
        if facts.get("keep_because", "").strip():
            return
        for name, findings in self.findings.items():
            for advice, excerpts in _by_advice(findings).items():
                self.add_error(name, f"« {', '.join(excerpts)} » : {advice[0].lower()}{advice[1:]}")

    def clean(self) -> dict[str, Any]:
        facts = dict(super().clean() or {})
        self.warn(facts)
        return facts

    def kept(self) -> str:
        """What the history says of a text that was kept."""
        said = str(self.cleaned_data.get("keep_because", "")).strip()
        return f"texte gardé : {said}" if said and self.is_warning else ""


def _by_advice(findings: Iterable[privacy.Finding]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for finding in findings:
        grouped.setdefault(finding.advice, []).append(finding.excerpt)
    return grouped


class CaseEditForm(WarnsOfNames):
    """What a page changes of a case. `version` is the one the person read."""

    WATCHED: ClassVar[Iterable[str]] = ("title", "public_text", "description")

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label="en une phrase", max_length=200)
    public_text = forms.CharField(
        label="texte transmis à l’autre côté",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    description = forms.CharField(
        label="note du guichet", required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Reste au guichet.",
    )  # fmt: skip
    person = forms.ModelChoiceField(
        label="interlocuteur", queryset=Person.objects.none(), required=False, empty_label="personne en particulier"
    )
    commune = CommuneField(required=False)
    starts_on = DayField(label="à partir du", required=False)
    ends_on = DayField(label="jusqu’au", required=False)
    next_action_on = DayField(label="prochaine action", required=False)

    PLAIN: ClassVar[tuple[str, ...]] = (
        "title", "public_text", "description", "person", "commune", "starts_on", "ends_on",
    )  # fmt: skip

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.known = [str(case.person or ""), case.organisation.name]
        people = Person.objects.filter(organisation=case.organisation, merged_into=None).order_by("last_name")
        cast("forms.ModelChoiceField[Person]", self.fields["person"]).queryset = people

    @classmethod
    def read(cls, case: Case) -> dict[str, Any]:
        """What the page shows of a case as it is."""
        facts = {name: getattr(case, name) for name in cls.PLAIN}
        next_on = case.next_action_at.astimezone(clock.PARIS).date() if case.next_action_at else None
        return facts | {"version": case.version, "next_action_on": next_on}

    def clean(self) -> dict[str, Any]:
        facts = super().clean()
        if facts.get("starts_on") and facts.get("ends_on") and facts["ends_on"] < facts["starts_on"]:
            self.add_error("ends_on", "La date de fin vient après la date de début.")
        return facts

    def changes(self) -> dict[str, Any]:
        """The columns to write; the consent falls with the person it came from."""
        facts = {name: self.cleaned_data[name] for name in self.PLAIN}
        if facts["person"] != self.case.person:
            facts["consent"] = None
        day = self.cleaned_data["next_action_on"]
        if day and day != self.read(self.case)["next_action_on"]:
            facts["next_action_at"] = at_opening(day)  # chosen by hand; otherwise it follows what is owed
        return facts


def at_opening(day: date) -> datetime:
    return datetime.combine(day, MORNING, clock.PARIS)


class LineForm(forms.Form):
    """One line: what, how many, in which unit, how often. `revision` is the one the person read."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    category = forms.ChoiceField(label="catégorie")
    quantity = QuantityField(label="quantité", required=False, max_length=16)
    unit = forms.ChoiceField(label="unité", required=False)
    every = forms.ChoiceField(label="rythme", required=False, choices=[("", "une fois"), *Every.choices])
    mode = forms.ChoiceField(label="don ou prêt", choices=Mode.choices, initial=Mode.GIFT)
    because = forms.CharField(
        label="motif", required=False, max_length=200, help_text="À dire quand la quantité change."
    )

    def __init__(self, *args: Any, line: CaseLine | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line
        cast("forms.ChoiceField", self.fields["category"]).choices = category_choices()
        cast("forms.ChoiceField", self.fields["unit"]).choices = unit_choices()
        if line is None:
            del self.fields["because"]

    @staticmethod
    def read(line: CaseLine) -> dict[str, Any]:
        """What the page shows of a line as it is."""
        return {
            "revision": line.revision,
            "category": line.category.code,
            "quantity": plain(line.in_units(getattr(line, line.WHOLE))),
            "unit": line.unit.code,
            "every": line.every,
            "mode": line.mode,
        }

    def clean_category(self) -> Category:
        return Category.objects.select_related("unit").get(code=self.cleaned_data["category"])

    def clean_unit(self) -> Unit | None:
        return Unit.objects.filter(code=self.cleaned_data["unit"] or "").first()

    def clean(self) -> dict[str, Any]:
        facts = dict(super().clean() or {})
        if facts.get("quantity") is None and "quantity" not in self.errors and self.is_counted():
            self.add_error("quantity", "Dites combien.")
        return facts

    def is_counted(self) -> bool:
        return True

    def facts(self) -> LineFacts:
        said = self.cleaned_data
        specs = self.line.specs if self.line else {}
        return LineFacts(
            category=said["category"], quantity=said["quantity"] or 0, unit=said["unit"], every=said["every"],
            mode=said["mode"], specs=specs,
        )  # fmt: skip


def plain(quantity: float) -> str:
    """A quantity as one types it: « 2 », « 2,5 »."""
    return f"{quantity:.4f}".rstrip("0").rstrip(".").replace(".", ",")


class TakeBackForm(OwnIds):
    """How much less, and why."""

    quantity = QuantityField(label="quantité en moins", max_length=16)
    because = forms.CharField(label="motif", max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "moins_%s"  # it stands beside a form that also asks a quantity and a reason


class CloseForm(forms.Form):
    """Why a case is over."""

    reason = forms.ModelChoiceField(label="motif", queryset=Reason.objects.none(), empty_label=None)
    because = forms.CharField(label="précision", required=False, max_length=200)

    def __init__(self, *args: Any, use: ReasonUse, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = Reason.objects.filter(used_for__contains=[use]).exclude(code="duplicate").order_by("order", "label")
        cast("forms.ModelChoiceField[Reason]", self.fields["reason"]).queryset = reasons


class BecauseForm(forms.Form):
    """Why."""

    because = forms.CharField(label="pourquoi", max_length=200)


class HoldForm(BecauseForm):
    """Why nothing is looked for, and until when."""

    until = DayField(label="reprendre le", initial=lambda: clock.today() + timedelta(days=14))

    def clean_until(self) -> date:
        day: date = self.cleaned_data["until"]
        if day <= clock.today():
            raise forms.ValidationError("Choisissez un jour à venir.")
        return day


class FilterForm(forms.Form):
    """What a list shows: every filter stands in the address."""

    q = forms.CharField(label="chercher", required=False, max_length=80)
    state = forms.ChoiceField(label="état", required=False)
    category = forms.ChoiceField(label="catégorie", required=False)
    sort = forms.ChoiceField(
        label="ordre", required=False,
        choices=[("", "prochaine action"), ("new", "les plus récents"), ("old", "les plus anciens")],
    )  # fmt: skip
    mine = forms.BooleanField(label="les miens", required=False)
    late = forms.BooleanField(label="en retard", required=False)

    def __init__(self, *args: Any, states: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["state"]).choices = [("", "en cours"), ("all", "tous"), *states]
        self.catalogue = categories()
        choices = category_choices({one.code: one for one in self.catalogue if not one.is_retired})
        cast("forms.ChoiceField", self.fields["category"]).choices = [("", "toutes"), *choices[1:]]

    def clean_category(self) -> list[int]:
        """The keys of the category asked and of those inside it: named one by one, they are counted well."""
        asked: str = self.cleaned_data["category"]
        return [one.pk for one in self.catalogue if asked in one.path] if asked else []


def organisation_of(text: str) -> Organisation | None:
    """The organisation of a reference or of an exact name."""
    live = Organisation.objects.live()
    return live.filter(ref=text.strip().upper()).first() or live.filter(name__iexact=text.strip()).first()
