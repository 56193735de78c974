"""What was aimed at, and the figures of past months, kept until something touches them.

A figure is a question to the database (`figures`). A cell is its answer for one month, kept beside the rows; what
touches the rows says so in the same transaction (triggers of migration 0002), and a touched cell is not read.
"""

import pghistory
from django.db import models
from django.db.models import F, Q

from callcare.report.enums import Indicator


@pghistory.track()
class Target(models.Model):
    """An objective: so many, by such a day, for one desk or for the collective."""

    indicator = models.CharField("chiffre", max_length=24, choices=Indicator)
    desk = models.ForeignKey(
        "desk.Desk", models.PROTECT, related_name="targets", null=True, blank=True, verbose_name="guichet"
    )
    value = models.PositiveIntegerField("objectif")
    from_on = models.DateField("du")
    due_on = models.DateField("au")
    source = models.CharField("source", max_length=120, blank=True)

    class Meta:
        verbose_name = "objectif"
        constraints = [
            models.CheckConstraint(
                name="target_in_order",
                condition=Q(from_on__lt=F("due_on")) & Q(value__gt=0),
                violation_error_message="Un objectif est positif, et finit après avoir commencé.",
            ),
            models.UniqueConstraint(fields=["indicator", "desk", "due_on"], nulls_distinct=False, name="target_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_indicator_display()} : {self.value}"


class Cell(models.Model):
    """What one figure counts in one month (for `week`, one week) at one desk and in one département."""

    figure = models.CharField("chiffre", max_length=24)
    desk = models.ForeignKey("desk.Desk", models.CASCADE, related_name="+", verbose_name="guichet")
    since = models.DateTimeField("depuis")
    departement = models.CharField("département", max_length=9, blank=True)
    n = models.BigIntegerField("compte")

    class Meta:
        verbose_name = "compte d’un mois"
        verbose_name_plural = "comptes des mois"
        constraints = [
            models.UniqueConstraint(
                fields=["figure", "since", "desk", "departement"], include=["n"], name="cell_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.figure} {self.since:%Y-%m-%d} : {self.n}"


class Touched(models.Model):
    """A month of a figure whose rows changed since it was counted; without a month, the figure at all times.

    Written by triggers only, in the transaction of the change; taken away by who counts the month anew.
    """

    figure = models.CharField("chiffre", max_length=24)
    since = models.DateTimeField("depuis", null=True)

    class Meta:
        verbose_name = "mois à recompter"
        verbose_name_plural = "mois à recompter"

    def __str__(self) -> str:
        return f"{self.figure} {self.since or ''}"
