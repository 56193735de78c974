"""What the pages ask of a quantity."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from callcare.allocations.enums import Proof, RenegedBy
from callcare.allocations.models import Allocation
from callcare.catalogue.enums import ReasonUse
from callcare.catalogue.models import Reason
from callcare.commitments.enums import Level
from callcare.commitments.models import Commitment, CommitmentLine
from callcare.core import clock, french
from callcare.desk.case_forms import QuantityField, plain
from callcare.desk.enums import CaseState
from callcare.desk.rules import quantities
from callcare.introductions.enums import IntroductionState
from callcare.introductions.models import Introduction
from callcare.needs.models import Need, NeedLine
from callcare.ui.forms import DayField, OwnIds

MOST = 25  # offers listed
LIVE = (IntroductionState.SENT, IntroductionState.IN_PROGRESS, IntroductionState.SUCCEEDED)


def measured(quantity: Decimal, line: NeedLine | CommitmentLine) -> int:
    """A quantity typed in the line's unit, in whole measures; the form's sentence where it is not whole."""
    try:
        return quantities.measured(quantity, factor=line.factor)
    except quantities.NotWhole as error:
        raise forms.ValidationError(f"Donnez un nombre entier de {line.unit.plural}.") from error


def typed(line: NeedLine | CommitmentLine, measures: int) -> Decimal:
    """A quantity in measures as it is typed, in the line's unit."""
    return Decimal(f"{(Decimal(measures) / line.factor).normalize():f}")  # « 40 », never « 4E+1 »


class PromisedField(QuantityField):
    """How much of something: more than nothing, as people write numbers."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=16, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def clean(self, value: Any) -> Any:
        quantity = super().clean(value)
        if not quantity:
            raise forms.ValidationError("Donnez un nombre plus grand que zéro.")
        return quantity


class LineChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """A line, said with what is left of it."""

    def offer(self, rows: QuerySet[Any, Any]) -> list[Any]:
        """Offer these lines, read once: left to itself the field asks for them again each time it is drawn."""
        self.queryset = rows
        found = list(rows)
        self.choices = [("", self.empty_label or ""), *((row.pk, self.label_from_instance(row)) for row in found)]
        return found

    def label_from_instance(self, obj: Any) -> str:
        left = obj.qty_open if isinstance(obj, NeedLine) else obj.qty_free
        owner = f"{obj.commitment.organisation}, " if isinstance(obj, CommitmentLine) else ""
        met = ", déjà en relation" if getattr(obj, "is_met", False) else ""
        return f"{owner}{obj.category} : reste {obj.said(left)}{met}"


class PromiseForm(forms.Form):
    """How much of which offer goes to which line of the need."""

    need_line = LineChoice(NeedLine.objects.none(), label="pour", empty_label="choisir une ligne")
    commitment_line = LineChoice(
        CommitmentLine.objects.none(),
        label="pris sur",
        empty_label="choisir une offre",
        error_messages={"invalid_choice": "Il n’en reste plus : tout est déjà promis. Choisissez une autre offre."},
    )
    quantity = PromisedField(label="quantité")
    promised_for = DayField(label="promise pour le", required=False)
    only_hold = forms.BooleanField(
        label="retenir seulement", required=False, help_text="La retenue tombe d’elle-même après cinq jours ouvrés."
    )

    def __init__(self, *args: Any, need: Need, introduction: Introduction | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = need.lines.select_related("unit", "category").filter(qty_open__gt=0).order_by("pk")
        offers = _offers(need)
        wanted_lines = cast("LineChoice", self.fields["need_line"]).offer(lines)
        offered_lines = cast("LineChoice", self.fields["commitment_line"]).offer(offers)
        met = introduction or _the_only_one(need)
        self.is_possible = bool(wanted_lines and offered_lines)
        first = next(iter(wanted_lines), None)
        wanted = next((line for line in wanted_lines if met and line.pk == met.need_line_id), first)
        offered = next((line for line in offered_lines if met and line.pk == met.commitment_line_id), None)
        if wanted:
            self.initial.setdefault("need_line", wanted.pk)
        if offered:
            self.initial.setdefault("commitment_line", offered.pk)
        if wanted and offered and wanted.measure == offered.measure:
            most = min(wanted.qty_open, offered.qty_free)
            self.initial.setdefault("quantity", plain(float(typed(wanted, most))))

    def clean_promised_for(self) -> date | None:
        day: date | None = self.cleaned_data["promised_for"]
        if day and day < clock.today():
            raise forms.ValidationError("Choisissez un jour à venir.")
        return day

    def clean(self) -> dict[str, Any]:
        facts = dict(super().clean() or {})
        if facts.get("quantity") and facts.get("need_line"):
            try:
                facts["qty"] = measured(facts["quantity"], facts["need_line"])
            except forms.ValidationError as error:
                self.add_error("quantity", error)
        return facts


def _the_only_one(need: Need) -> Introduction | None:
    """The introduction a promise is about when nobody said which: the only one that was made."""
    found = Introduction.objects.filter(need=need, commitment_line__isnull=False, state__in=LIVE).order_by("-pk")[:2]
    return found[0] if len(found) == 1 else None


def _offers(need: Need) -> Any:
    """Lines this need may take from: those it was introduced to, first, and its own desk's of the same kind."""
    met = Introduction.objects.filter(need=need, commitment_line=OuterRef("pk"), state__in=LIVE)
    introduced = Introduction.objects.filter(need=need, commitment_line__isnull=False, state__in=LIVE)
    known = list(introduced.values_list("commitment_line", flat=True))
    wanted = list(need.lines.values_list("kind", "category"))
    ours = Commitment.objects.offered_to(need.desk).filter(state=CaseState.OPEN, level=Level.CONFIRMED)
    # Named one by one, each has its index; as two tables to look into, every line of the house was read.
    fitting = Q(
        desk=need.desk, kind__in={kind for kind, _ in wanted}, category__in={category for _, category in wanted}
    )
    order = ("-is_met", "commitment__opened_at", "pk")
    all_lines = CommitmentLine.objects.annotate(is_met=Exists(met))
    fit = all_lines.filter(Q(pk__in=known) | fitting, commitment__in=ours, qty_free__gt=0, is_countable=True)
    # The choice is looked up among these again: a list cut short cannot be filtered, one made from it can.
    shown = all_lines.filter(pk__in=fit.order_by(*order).values("pk")[:MOST])
    return shown.select_related("unit", "category", "commitment__organisation").order_by(*order)


class QuantityForm(OwnIds):
    """A quantity of one allocation, typed in the unit of its line."""

    quantity = PromisedField(label="quantité")

    def __init__(self, *args: Any, allocation: Allocation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = allocation.need_line
        self.promised_on = allocation.made_at.astimezone(clock.PARIS).date()

    def clean_quantity(self) -> Decimal:
        self.cleaned_data["qty"] = measured(self.cleaned_data["quantity"], self.line)
        return self.cleaned_data["quantity"]  # type: ignore[no-any-return]


class DeliverForm(QuantityForm):
    """What was really handed over."""

    day = DayField(label="le")
    place = forms.CharField(label="lieu", max_length=120, required=False)
    proof = forms.ChoiceField(label="preuve", choices=Proof.choices, initial=Proof.ORAL)
    note = forms.CharField(label="note", max_length=300, required=False)

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day > clock.today():
            raise forms.ValidationError("Une remise se note une fois faite : choisissez un jour passé ou aujourd’hui.")
        if day < self.promised_on:
            raise forms.ValidationError(f"C’est avant la promesse, faite le {french.day(self.promised_on)}.")
        return day

    def at(self) -> datetime:
        """The day typed, at noon; now when it is today."""
        day: date = self.cleaned_data["day"]
        return clock.now() if day == clock.today() else datetime.combine(day, time(12), clock.PARIS)


class ReturnForm(QuantityForm):
    """A loan comes back."""

    proof = forms.ChoiceField(label="preuve", choices=Proof.choices, initial=Proof.ORAL)
    note = forms.CharField(label="note", max_length=300, required=False)


class ReleaseForm(OwnIds):
    """Why the rest is given back."""

    reason = forms.ModelChoiceField(
        Reason.objects.filter(used_for__contains=[ReasonUse.RELEASE]).order_by("order", "label"),
        label="motif",
        empty_label="choisir un motif",
    )
    because = forms.CharField(label="précision", max_length=300, required=False)


class FailForm(ReleaseForm):
    """On which side a promise failed."""

    side = forms.ChoiceField(label="de quel côté", choices=RenegedBy.choices)


class CorrectForm(QuantityForm):
    """What was noted by mistake."""

    fulfilment = forms.IntegerField(widget=forms.HiddenInput)
    because = forms.CharField(label="pourquoi", max_length=300)
