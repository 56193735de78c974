"""Quantities promised and handed over. The database counts; see the triggers of the migrations."""

from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from callcare.accounts.models import User
from callcare.allocations.enums import AllocationState, FulfilmentKind, Proof, RenegedBy
from callcare.core import clock
from callcare.core.fields import RefField
from callcare.core.states import Stateful
from callcare.desk.models import desk_keys

S = AllocationState


class AllocationQuerySet(models.QuerySet["Allocation"]):
    def visible_to(self, user: User) -> Self:
        mine = Q(desk__in=desk_keys(user)) if user.is_operator else Q(pk__in=[])
        if user.is_partner:
            mine |= Q(need_line__need__organisation__memberships__user=user)
            mine |= Q(commitment_line__commitment__organisation__memberships__user=user)
        return self.filter(mine).distinct() if user.is_partner else self.filter(mine)


@pghistory.track()
class Allocation(Stateful):
    """How much of which commitment line is promised to which need line. Lines and quantity never change."""

    MOVES = {
        S.HELD: frozenset({S.CONFIRMED, S.RELEASED}),
        S.CONFIRMED: frozenset({S.FULFILLED, S.RELEASED, S.FAILED}),
        S.FULFILLED: frozenset({S.CONFIRMED}),
    }

    ref = RefField("A", unique=True)
    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="allocations", verbose_name="guichet")
    need_line = models.ForeignKey(
        "needs.NeedLine", models.PROTECT, related_name="allocations", verbose_name="ligne de besoin"
    )
    commitment_line = models.ForeignKey(
        "commitments.CommitmentLine", models.PROTECT, related_name="allocations", verbose_name="ligne d’engagement"
    )
    introduction = models.ForeignKey(
        "introductions.Introduction", models.PROTECT, related_name="allocations", null=True, blank=True,
        verbose_name="mise en relation",
    )  # fmt: skip
    qty = models.PositiveBigIntegerField("quantité")
    qty_fulfilled = models.PositiveBigIntegerField("remise", default=0, editable=False)
    qty_released = models.PositiveBigIntegerField("libérée", default=0, editable=False)
    qty_returned = models.PositiveBigIntegerField("rendue", default=0, editable=False)
    state = models.CharField("état", max_length=9, choices=AllocationState, default=S.HELD)
    held_until = models.DateTimeField("retenue jusqu’au", null=True, blank=True)
    promised_for = models.DateField("promise pour le", null=True, blank=True)
    reason = models.ForeignKey(
        "catalogue.Reason", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="motif"
    )
    reneged_by = models.CharField("défaillance", max_length=5, choices=RenegedBy, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="responsable"
    )
    next_action_at = models.DateTimeField("prochaine action", null=True, blank=True)
    made_at = models.DateTimeField("faite le", default=clock.now)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = "affectation"
        constraints = [
            models.CheckConstraint(
                name="allocation_positive",
                condition=Q(qty__gt=0),
                violation_error_message="Une affectation porte sur une quantité d’au moins un.",
            ),
            models.CheckConstraint(
                name="allocation_adds_up",
                condition=Q(qty__gte=F("qty_fulfilled") + F("qty_released")),
                violation_error_message="C’est plus que ce qui reste à remettre sur cette affectation.",
            ),
            models.CheckConstraint(
                name="allocation_returns_what_was_given",
                condition=Q(qty_returned__lte=F("qty_fulfilled")),
                violation_error_message="On ne rend pas plus que ce qui a été remis.",
            ),
            models.CheckConstraint(
                name="allocation_over_is_whole",
                condition=~Q(state__in=[S.RELEASED, S.FAILED]) | Q(qty=F("qty_fulfilled") + F("qty_released")),
            ),
            models.CheckConstraint(
                name="allocation_fulfilled_is_whole",
                condition=~Q(state=S.FULFILLED)
                | (Q(qty_fulfilled__gt=0) & Q(qty=F("qty_fulfilled") + F("qty_released"))),
            ),
            models.CheckConstraint(
                name="allocation_held_iff_until",
                condition=Q(state=S.HELD, held_until__isnull=False) | (~Q(state=S.HELD) & Q(held_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="allocation_live_has_next",
                condition=~Q(state__in=[S.HELD, S.CONFIRMED]) | Q(owner__isnull=False, next_action_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"affectation {self.ref}"


class Fulfilment(models.Model):
    """What really happened: handed over, returned, corrected. Append-only: a mistake is corrected, never erased."""

    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="+", verbose_name="guichet")
    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="fulfilments", verbose_name="affectation")
    kind = models.CharField("nature", max_length=10, choices=FulfilmentKind, default=FulfilmentKind.DELIVERY)
    qty = models.PositiveBigIntegerField("quantité")
    at = models.DateTimeField("le", default=clock.now)
    place = models.CharField("lieu", max_length=120, blank=True)
    proof = models.CharField("preuve", max_length=9, choices=Proof)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="noté par"
    )
    note = models.CharField("note", max_length=300, blank=True)
    corrects = models.ForeignKey("self", models.PROTECT, related_name="corrections", null=True, blank=True)

    class Meta:
        verbose_name = "remise"
        indexes = [models.Index(fields=["at", "id"], name="fulfilment_of_day")]
        constraints = [
            models.CheckConstraint(
                name="fulfilment_positive",
                condition=Q(qty__gt=0),
                violation_error_message="Une remise porte sur une quantité d’au moins un.",
            ),
            models.CheckConstraint(
                name="correction_names_its_fulfilment",
                condition=Q(kind=FulfilmentKind.CORRECTION, corrects__isnull=False)
                | (~Q(kind=FulfilmentKind.CORRECTION) & Q(corrects__isnull=True)),
            ),
        ]
        triggers = [pgtrigger.Protect(name="kept_for_ever", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} n° {self.pk}"
