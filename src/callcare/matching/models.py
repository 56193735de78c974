"""Pairs that are not to be proposed again. Candidates themselves are computed, never stored."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from callcare.core import clock


@pghistory.track()
class Dismissal(models.Model):
    """Never propose this pair again: a need line with a commitment line, or with a giver altogether.

    A final one holds for ever; the others («plus tard», «pas maintenant») hold until one of the two lines changes.
    """

    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="dismissals", verbose_name="guichet")
    need_line = models.ForeignKey(
        "needs.NeedLine", models.CASCADE, related_name="dismissals", verbose_name="ligne de besoin"
    )
    commitment_line = models.ForeignKey(
        "commitments.CommitmentLine", models.CASCADE, related_name="dismissals", null=True, blank=True,
        verbose_name="ligne d’engagement",
    )  # fmt: skip
    giver = models.ForeignKey(
        "directory.Organisation", models.PROTECT, related_name="dismissals", null=True, blank=True,
        verbose_name="contributeur",
    )  # fmt: skip
    reason = models.ForeignKey(
        "catalogue.Reason", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="motif"
    )
    is_final = models.BooleanField("définitive", default=True)
    need_revision = models.PositiveIntegerField("révision du besoin")
    commitment_revision = models.PositiveIntegerField("révision de l’engagement", null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="par"
    )
    at = models.DateTimeField("le", default=clock.now)

    class Meta:
        verbose_name = "piste écartée"
        verbose_name_plural = "pistes écartées"
        constraints = [
            models.CheckConstraint(
                name="dismissal_of_one_thing",
                condition=Q(commitment_line__isnull=False, giver__isnull=True)
                | Q(commitment_line__isnull=True, giver__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["need_line", "commitment_line", "giver"],
                nulls_distinct=False,
                name="dismissal_once",
                violation_error_message="Cette piste est déjà écartée.",
            ),
        ]

    def __str__(self) -> str:
        return f"piste écartée n° {self.pk}"
