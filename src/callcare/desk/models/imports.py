"""Spreadsheets handed to a desk: the bytes as they came, what they would do, what they did."""

from typing import Any, Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.fields import RefField
from callcare.core.states import Stateful
from callcare.desk.enums import ImportState, ImportWhat


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: User) -> Self:
        """Operators see those of their desks; a steward, who follows how the directory grows, sees them all."""
        if user.is_steward:
            return self
        return self.filter(desk__operators=user) if user.is_operator else self.none()

    def for_list(self) -> Self:
        return (
            self.select_related("desk", "received_by")
            .defer("raw", "refused", "report")
            .order_by("-received_at", "-pk")
        )


@pghistory.track(exclude=["raw", "refused", "report"])
class ImportBatch(Stateful):
    """One spreadsheet at one desk. The same bytes are written once only: the database refuses the second time."""

    MOVES = {ImportState.READ: frozenset({ImportState.APPLIED, ImportState.DROPPED})}

    ref = RefField("T", unique=True)
    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="imports", verbose_name="guichet")
    what = models.CharField("contenu", max_length=13, choices=ImportWhat)
    file_name = models.CharField("nom du fichier", max_length=200)
    raw = models.BinaryField("fichier")
    sha256 = models.CharField("empreinte", max_length=64)
    report = models.JSONField("compte rendu", default=dict, blank=True)
    refused = models.BinaryField("lignes à corriger", default=bytes, blank=True)
    lines = models.PositiveIntegerField("lignes", default=0)
    errors = models.PositiveIntegerField("lignes fausses", default=0)
    state = models.CharField("état", max_length=7, choices=ImportState, default=ImportState.READ)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="déposé par"
    )
    received_at = models.DateTimeField("déposé le", default=clock.now, editable=False)
    applied_at = models.DateTimeField("écrit le", null=True, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "tableur déposé"
        verbose_name_plural = "tableurs déposés"
        constraints = [
            models.UniqueConstraint(
                fields=["desk", "what", "sha256"],
                condition=~Q(state=ImportState.DROPPED),
                name="import_file_once",
                violation_error_message="Ce fichier est déjà déposé : retrouvez-le dans la liste des tableurs.",
            ),
            models.CheckConstraint(
                name="import_applied_iff_applied",
                condition=Q(state=ImportState.APPLIED, applied_at__isnull=False)
                | (~Q(state=ImportState.APPLIED) & Q(applied_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="import_dropped_keeps_nothing", condition=~Q(state=ImportState.DROPPED, raw__gt=b"")
            ),
        ]
        indexes = [models.Index(fields=["desk", "-received_at"], name="import_list")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def tone(self) -> str:
        return {ImportState.READ: "wait", ImportState.APPLIED: "done"}.get(ImportState(self.state), "over")

    @property
    def outcomes(self) -> list[dict[str, Any]]:
        """What each line does, as it was told last."""
        found: list[dict[str, Any]] = self.report.get("lines", [])
        return found
