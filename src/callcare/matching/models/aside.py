"""Pairs that are not to be proposed again, and who was asked when."""

from typing import Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from callcare.accounts.models import User
from callcare.core import clock
from callcare.desk.models import desk_keys


class DismissalQuerySet(models.QuerySet["Dismissal"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(desk__in=desk_keys(user)) if user.is_operator else self.none()

    def holding(self) -> Self:
        """Those that still hold: final, or neither line has changed since."""
        same = Q(need_revision=F("need_line__revision")) & (
            Q(commitment_line=None) | Q(commitment_revision=F("commitment_line__revision"))
        )
        return self.filter(Q(is_final=True) | same)


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

    objects = DismissalQuerySet.as_manager()

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


class SolicitationQuerySet(models.QuerySet["Solicitation"]):
    def live(self) -> Self:
        return self.filter(closed_at=None)


@pghistory.track()
class Solicitation(models.Model):
    """A giver asked for a need. Written by whoever asks, from the floors above; read to leave givers in peace."""

    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="+", verbose_name="guichet")
    need = models.ForeignKey("needs.Need", models.CASCADE, related_name="solicitations", verbose_name="besoin")
    giver = models.ForeignKey(
        "directory.Organisation", models.PROTECT, related_name="solicitations", verbose_name="contributeur"
    )
    commitment = models.ForeignKey(
        "commitments.Commitment", models.CASCADE, related_name="solicitations", null=True, blank=True,
        verbose_name="engagement",
    )  # fmt: skip
    at = models.DateTimeField("le", default=clock.now)
    closed_at = models.DateTimeField("close le", null=True, blank=True)

    objects = SolicitationQuerySet.as_manager()

    class Meta:
        verbose_name = "sollicitation"
        constraints = [
            models.UniqueConstraint(
                fields=["need", "giver"],
                condition=Q(closed_at__isnull=True),
                name="solicitation_live_once",
                violation_error_message="Ce contributeur est déjà sollicité pour ce besoin.",
            )
        ]
        indexes = [
            models.Index(fields=["at"], include=["giver"], name="solicitation_lately"),
            models.Index(fields=["commitment"], condition=Q(closed_at__isnull=True), name="solicitation_live"),
        ]

    def __str__(self) -> str:
        return f"sollicitation n° {self.pk}"
