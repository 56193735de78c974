"""What is offered: commitments and their lines."""

from typing import Self

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse

from callcare.commitments.enums import Level, Rtt, Sharing, Travel
from callcare.core.fields import RefField
from callcare.desk.models import Case, CaseLine, CaseQuerySet, Desk


class CommitmentQuerySet(CaseQuerySet):
    def offered_to(self, desk: Desk) -> Self:
        """Those a desk may propose: its own, its neighbours' shared with neighbours, and those shared with all."""
        return self.filter(
            Q(desk=desk)
            | Q(sharing=Sharing.ALL)
            | Q(sharing=Sharing.NEIGHBOURS, desk__in=desk.neighbours.values("pk"))
        )


@pghistory.track()
class Commitment(Case):
    """What a giver offers, announced or confirmed."""

    ref = RefField("E", unique=True)
    level = models.CharField("niveau", max_length=9, choices=Level, default=Level.ANNOUNCED)
    confirmed_at = models.DateTimeField("confirmé le", null=True, blank=True)
    sharing = models.CharField("partage", max_length=10, choices=Sharing, default=Sharing.DESK)
    radius_km = models.PositiveIntegerField("rayon (km)", null=True, blank=True)
    travel = models.CharField("déplacement", max_length=14, choices=Travel, default=Travel.EITHER)
    max_open_introductions = models.PositiveSmallIntegerField("mises en relation à la fois", default=3)
    may_be_named = models.BooleanField("peut être cité", default=False)
    receipt_wanted = models.BooleanField("souhaite un reçu", default=False)
    conditions = models.CharField("conditions", max_length=200, blank=True)

    objects = CommitmentQuerySet.as_manager()

    class Meta(Case.Meta):
        verbose_name = "engagement"
        constraints = [
            *Case.Meta.constraints,
            models.CheckConstraint(
                name="commitment_confirmed_iff_dated",
                condition=Q(level=Level.CONFIRMED, confirmed_at__isnull=False)
                | Q(level=Level.ANNOUNCED, confirmed_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["desk", "-opened_at"], name="commitment_list"),
            models.Index(fields=["desk", "next_action_at", "id"], name="commitment_next"),
            models.Index(fields=["desk", "opened_at", "id"], condition=~Q(state="closed"), name="commitment_waiting"),
            models.Index(
                fields=["desk", "next_action_at", "id"], condition=Q(state="closed"), name="commitment_closed"
            ),
            models.Index(  # who confirmed first: the persons of the review, read from the index alone
                fields=["person", "opened_at", "id"],
                include=["desk"],
                condition=Q(level="confirmed", person__isnull=False),
                name="commitment_confirmed",
            ),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="commitment_title_says"),
            GinIndex(OpClass(Upper("typed"), name="gin_trgm_ops"), name="commitment_typed_says"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("commitments:page", args=[self.ref])


@pghistory.track()
class CommitmentLine(CaseLine):
    """One countable part of a commitment. The two counters are kept by the database, never written by hand."""

    WHOLE = "qty_offered"
    TAKEN_BACK = "qty_withdrawn"

    commitment = models.ForeignKey(
        Commitment, models.CASCADE, related_name="lines", verbose_name="engagement", db_index=False
    )
    qty_offered = models.PositiveBigIntegerField("offerte")
    qty_withdrawn = models.PositiveBigIntegerField("retirée", default=0)
    qty_free = models.GeneratedField(
        expression=F("qty_offered") - F("qty_withdrawn") - F("qty_reserved"),
        output_field=models.BigIntegerField("reste libre"),
        db_persist=True,
    )
    is_countable = models.BooleanField("comptée", default=True, help_text="non : « selon les besoins »")
    rtt = models.CharField("jours de RTT", max_length=8, choices=Rtt, blank=True)

    class Meta:
        verbose_name = "ligne d’engagement"
        verbose_name_plural = "lignes d’engagement"
        indexes = [  # the computers of the review are read from it alone
            models.Index(
                fields=["commitment"], include=["category", "qty_offered", "qty_withdrawn"], name="commitmentline_of"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="never_over_promise",
                condition=Q(qty_reserved__lte=F("qty_offered") - F("qty_withdrawn")),
                violation_error_message="C’est plus que ce qui est offert.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.in_units(self.qty_offered):g} {self.unit_id and self.unit.code} · {self.category_id}"
