"""What the pages of introductions ask."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.db.models import QuerySet

from callcare.catalogue.enums import ReasonUse
from callcare.catalogue.models import Reason
from callcare.core import french
from callcare.directory.models import Person
from callcare.introductions import mails
from callcare.introductions.enums import Side
from callcare.introductions.models import Introduction

DETAILS = [("name", "le nom"), ("phone", "le téléphone"), ("email", "le courriel")]


KEYS = {Side.ASKER: "d", Side.GIVER: "c"}  # one key notes an oral yes


def details_held(introduction: Introduction, side: str) -> list[tuple[str, str]]:
    """What this side has that could be passed on: nobody is asked about a telephone we do not know."""
    known = mails.held(introduction, side)
    return [(detail, label) for detail, label in DETAILS if detail in known]


class DetailsField(forms.MultipleChoiceField):
    """Some of « le nom », « le téléphone », « le courriel »."""

    widget = forms.CheckboxSelectMultiple


class PairForm(forms.Form):
    """Both sides face to face: who speaks, who has said yes, and to what."""

    asker_person = forms.ModelChoiceField(
        Person.objects.none(), label="interlocuteur", required=False, empty_label="personne en particulier"
    )
    asker_yes = forms.BooleanField(
        label="accord oral", required=False, help_text="Touche D : elle vient de dire oui à ce qui est coché."
    )
    asker_gives = DetailsField(label="à transmettre", required=False)
    giver_person = forms.ModelChoiceField(
        Person.objects.none(), label="interlocuteur", required=False, empty_label="personne en particulier"
    )
    giver_yes = forms.BooleanField(
        label="accord oral", required=False, help_text="Touche C : elle vient de dire oui à ce qui est coché."
    )
    giver_gives = DetailsField(label="à transmettre", required=False)
    asker_more = forms.BooleanField(label="accord élargi", required=False)
    giver_more = forms.BooleanField(label="accord élargi", required=False)

    def __init__(self, data: Any = None, *, sketch: Introduction, hidden: Collection[Side] = ()) -> None:
        super().__init__(data)
        self.sketch, self.hidden = sketch, hidden
        self.widened: dict[Side, list[str]] = {}
        bodies = [mails.organisation_of(sketch, side).pk for side in Side]
        self.everybody = list(speakers().filter(organisation__in=bodies))  # both sides in one query
        for side in Side:
            self._set_side(side, sketch)

    def _set_side(self, side: Side, sketch: Introduction) -> None:
        people, gives, yes = (self.fields[f"{side}_{name}"] for name in ("person", "gives", "yes"))
        known = sketch.consent_of(side)
        here = mails.organisation_of(sketch, side).pk
        people.queryset = speakers().filter(organisation=here)  # type: ignore[attr-defined]
        mine = [(who.pk, str(who)) for who in self.everybody if who.organisation_id == here]
        people.choices = [("", "à choisir"), *mine]  # type: ignore[attr-defined]
        people.initial = mails.person_of(sketch, side)
        # Another person may be chosen: what she has not is simply not in the letter.
        gives.choices = DETAILS  # type: ignore[attr-defined]
        gives.initial = sorted(known.details if known else mails.held(sketch, side) or dict(DETAILS))
        yes.initial = known is not None
        yes.widget.attrs["data-key"] = KEYS[side]
        if known:
            yes.label = f"accord noté ({known.get_basis_display()})"
            yes.help_text = ""

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        for side in Side:
            if facts.get(f"{side}_yes") and side not in self.hidden:
                self._check_yes(side, facts)
        return facts

    def _check_yes(self, side: Side, facts: dict[str, Any]) -> None:
        if not facts.get(f"{side}_gives"):
            self.add_error(f"{side}_gives", "Cochez ce que cette personne accepte de transmettre.")
        if f"{side}_person" not in self.errors and not facts.get(f"{side}_person"):
            self.add_error(f"{side}_person", "Un accord est celui de quelqu’un : dites qui parle.")
        if (more := self.widened.setdefault(side, self._widened(side, facts))) and not facts.get(f"{side}_more"):
            self.add_error(
                f"{side}_gives",
                f"Cette personne n’avait pas donné {french.listed(more, 'ni')}. Si elle vient de l’accepter, cochez "
                "« accord élargi » : un nouvel accord est noté.",
            )

    def _widened(self, side: Side, facts: dict[str, Any]) -> list[str]:
        """What is ticked beyond the consent this person gave, in words; nothing where nobody gave any."""
        known = self.sketch.consent_of(side)
        if known is None or facts.get(f"{side}_person") != mails.person_of(self.sketch, side):
            return []
        return [label for detail, label in DETAILS if detail in set(facts.get(f"{side}_gives") or ()) - known.details]

    def shown(self, side: Side) -> list[forms.BoundField]:
        """The fields of one side; « accord élargi » only once more is ticked than was given."""
        more = ["more"] if self.widened.get(side) else []
        return [self[f"{side}_{name}"] for name in ("person", "yes", "gives", *more)]

    def allowed(self, side: str) -> frozenset[str]:
        """What this side allows on the page as it stands; nothing while she has not said yes."""
        if not self.is_bound:
            held = self.fields[f"{side}_gives"].initial if self.fields[f"{side}_yes"].initial else ()
            return frozenset(held or ())
        facts = getattr(self, "cleaned_data", {})
        return frozenset(facts.get(f"{side}_gives") or ()) if facts.get(f"{side}_yes") else frozenset()

    def newly_given(self, side: str) -> frozenset[str] | None:
        """A yes to be written: None where nothing was said, or where it is the consent we already have.

        A side whose contacts she may not see is asked by letter; nobody answers in its name.
        """
        gives = frozenset() if side in self.hidden else self.allowed(side)
        known = self.sketch.consent_of(side)
        is_same_person = self.cleaned_data.get(f"{side}_person") == mails.person_of(self.sketch, side)
        if not gives or (known and is_same_person and known.details == gives):
            return None
        return gives


def speakers() -> QuerySet[Person]:
    """Who may speak for an organisation today."""
    here = Person.objects.filter(left_on=None, merged_into=None, do_not_contact=False)
    return here.order_by("last_name", "first_name", "pk")


class SideConsentForm(forms.Form):
    """An oral yes, on the introduction's page."""

    gives = DetailsField(label="ce qui peut être transmis", choices=DETAILS, initial=["name", "phone", "email"])


def decline_reasons() -> QuerySet[Reason]:
    return Reason.objects.filter(used_for__contains=[ReasonUse.DECLINE]).order_by("order", "label")


def _offer_reasons(field: Any) -> None:
    field.queryset = decline_reasons()
    field.choices = list(field.choices)  # read once: the widget goes through them twice


class DeclineForm(forms.Form):
    """A no, noted by the desk."""

    side = forms.ChoiceField(label="qui refuse", choices=Side)
    reason = forms.ModelChoiceField(Reason.objects.none(), label="motif", empty_label=None)
    because = forms.CharField(label="précision", max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_reasons(self.fields["reason"])


class BecauseForm(forms.Form):
    """Why."""

    because = forms.CharField(label="pourquoi", max_length=300, required=False)


class YesForm(forms.Form):
    """Her yes on her personal page."""

    gives = DetailsField(label="ce que le guichet peut transmettre de vous")

    def __init__(self, data: Any = None, *, introduction: Introduction, side: str) -> None:
        super().__init__(data)
        held = [(detail, label.replace("le ", "votre ", 1)) for detail, label in details_held(introduction, side)]
        self.fields["gives"].choices = held  # type: ignore[attr-defined]
        self.fields["gives"].initial = [detail for detail, _ in held]
        self.fields["gives"].error_messages["required"] = "Cochez au moins une coordonnée, ou déclinez plus bas."


class NoForm(forms.Form):
    """Her no on her personal page."""

    reason = forms.ModelChoiceField(Reason.objects.none(), label="pour quelle raison", empty_label=None)
    because = forms.CharField(label="un mot pour le guichet", max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_reasons(self.fields["reason"])
