"""What needs and commitments have in common. Twins never touch each other: what they share lies a floor below."""

from collections.abc import Mapping
from typing import ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from callcare.accounts.models import User
from callcare.catalogue.enums import Every, Kind, Measure, Mode
from callcare.core import clock, french
from callcare.core.deeds import SENTENCES
from callcare.core.edits import Versioned
from callcare.core.states import Stateful
from callcare.desk.enums import CaseState
from callcare.desk.models.desks import desk_keys

FIRST_DATES_KEPT = "first_dates_kept"
SENTENCES[FIRST_DATES_KEPT] = "Les premières dates d’une fiche ne changent plus : rouvrir les garde."


class CaseQuerySet(models.QuerySet[models.Model]):
    def visible_to(self, user: User) -> Self:
        """An operator sees her desks' cases; a partner those of her organisations; nobody else any."""
        mine = Q(desk__in=desk_keys(user)) if user.is_operator else Q(pk__in=[])
        if user.is_partner:
            mine |= Q(organisation__memberships__user=user)
        return self.filter(mine).distinct() if user.is_partner else self.filter(mine)

    def open(self) -> Self:
        return self.filter(state=CaseState.OPEN)

    def for_list(self) -> Self:
        return self.select_related("organisation", "commune", "owner").prefetch_related(
            "lines__category", "lines__unit"
        )


class Case(Stateful, Versioned):
    """A need or a commitment: who says it, in which words, where, and who at the desk must act next."""

    MOVES: ClassVar[Mapping[str, frozenset[str]]] = {
        CaseState.TO_QUALIFY: frozenset({CaseState.OPEN, CaseState.CLOSED}),
        CaseState.OPEN: frozenset({CaseState.ON_HOLD, CaseState.CLOSED}),
        CaseState.ON_HOLD: frozenset({CaseState.OPEN, CaseState.CLOSED}),
        CaseState.CLOSED: frozenset({CaseState.OPEN}),
    }

    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="%(class)ss", verbose_name="guichet")
    organisation = models.ForeignKey(
        "directory.Organisation", models.PROTECT, related_name="%(class)ss", verbose_name="organisation"
    )
    person = models.ForeignKey(
        "directory.Person", models.PROTECT, related_name="%(class)ss", null=True, blank=True,
        verbose_name="interlocuteur",
    )  # fmt: skip
    interaction = models.ForeignKey(
        "desk.Interaction", models.PROTECT, related_name="%(class)ss", null=True, blank=True, verbose_name="contact"
    )
    typed = models.TextField("tel que saisi", blank=True)
    title = models.CharField("en une phrase", max_length=200)
    public_text = models.TextField("texte transmis à l’autre côté", blank=True)
    description = models.TextField("note du guichet", blank=True)
    commune = models.ForeignKey(
        "territories.Territory", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="commune"
    )
    starts_on = models.DateField("à partir du", null=True, blank=True)
    ends_on = models.DateField("jusqu’au", null=True, blank=True)
    consent = models.ForeignKey(
        "desk.Consent", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="accord"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="responsable"
    )
    next_action_at = models.DateTimeField("prochaine action", null=True, blank=True)
    state = models.CharField("état", max_length=10, choices=CaseState, default=CaseState.OPEN)
    close_reason = models.ForeignKey(
        "catalogue.Reason", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="motif de clôture"
    )
    opened_at = models.DateTimeField("ouvert le", default=clock.now)
    first_closed_at = models.DateTimeField("clos la première fois le", null=True, blank=True)
    closed_at = models.DateTimeField("clos le", null=True, blank=True)
    import_digest = models.CharField("empreinte d’import", max_length=64, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_closed_iff_reason",
                condition=Q(state=CaseState.CLOSED, closed_at__isnull=False, close_reason__isnull=False)
                | (~Q(state=CaseState.CLOSED) & Q(closed_at__isnull=True, close_reason__isnull=True)),
            ),
            models.CheckConstraint(
                name="%(class)s_open_has_next",
                condition=~Q(state__in=[CaseState.OPEN, CaseState.ON_HOLD])
                | Q(owner__isnull=False, next_action_at__isnull=False),
                violation_error_message="Une fiche ouverte a une responsable et une prochaine date.",
            ),
            models.CheckConstraint(
                name="%(class)s_period_in_order",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(starts_on__lte=models.F("ends_on")),
                violation_error_message="La date de fin vient après la date de début.",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name=FIRST_DATES_KEPT,
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.opened_at IS DISTINCT FROM NEW.opened_at"
                    " OR (OLD.first_closed_at IS NOT NULL"
                    " AND OLD.first_closed_at IS DISTINCT FROM NEW.first_closed_at)"
                ),
                func=f"""
                    RAISE EXCEPTION 'the first dates of a case are kept'
                    USING ERRCODE = 'check_violation', CONSTRAINT = '{FIRST_DATES_KEPT}';
                """,
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_closed(self) -> bool:
        return self.state == CaseState.CLOSED

    @property
    def is_late(self) -> bool:
        """Is its next action past, while something is still to be done?"""
        return not self.is_closed and self.next_action_at is not None and self.next_action_at < clock.now()


class CaseLine(models.Model):
    """One countable part of a case. Counted in whole measures; `unit` and `factor` are how it is typed and shown."""

    WHOLE: ClassVar[str] = ""  # the column that says how much is asked or offered
    TAKEN_BACK: ClassVar[str] = ""  # the column that says how much of it is asked or offered no more

    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="+", verbose_name="guichet")
    category = models.ForeignKey(
        "catalogue.Category", models.PROTECT, related_name="%(class)ss", verbose_name="catégorie"
    )
    kind = models.CharField("nature", max_length=9, choices=Kind)
    measure = models.CharField("mesure", max_length=6, choices=Measure)
    unit = models.ForeignKey("catalogue.Unit", models.PROTECT, related_name="+", verbose_name="unité")
    factor = models.PositiveIntegerField("facteur", default=1)
    every = models.CharField("rythme", max_length=7, choices=Every, blank=True)
    mode = models.CharField("mode", max_length=6, choices=Mode, default=Mode.GIFT)
    specs = models.JSONField("précisions", default=dict, blank=True)
    qty_reserved = models.PositiveBigIntegerField("affectée", default=0, editable=False)
    qty_fulfilled = models.PositiveBigIntegerField("remise", default=0, editable=False)
    revision = models.PositiveIntegerField("révision", default=1, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    def in_units(self, quantity: int) -> float:
        """A quantity in measures, said in the unit the line was typed in."""
        return quantity / self.factor

    def said(self, quantity: int) -> str:
        """A quantity in measures as people say it: « 2 demi-journées », « 3 000 € »."""
        return french.quantity(
            quantity, measure=self.measure, factor=self.factor, one=self.unit.label, many=self.unit.plural
        )

    @property
    def whole(self) -> int:
        """What is still asked or offered, in measures: nothing taken back counts."""
        return int(getattr(self, self.WHOLE)) - int(getattr(self, self.TAKEN_BACK))

    @property
    def left(self) -> int:
        """What nothing is promised for yet, in measures."""
        return self.whole - self.qty_reserved

    @property
    def whole_said(self) -> str:
        rhythm = f" {self.get_every_display()}" if self.every else ""
        return self.said(self.whole) + rhythm

    @property
    def left_said(self) -> str:
        return self.said(self.left)

    @property
    def reserved_said(self) -> str:
        return self.said(self.qty_reserved)

    @property
    def fulfilled_said(self) -> str:
        return self.said(self.qty_fulfilled)
