"""What was aimed at, and the figures of past days, kept until something touches them.

A figure is a question to the database (`figures`). A cell is its answer for one month, day by day, kept beside the
rows; what touches the rows says so in the same transaction (triggers of migration 0003): a touched day is not read.
"""

import pghistory
from django.contrib.postgres.fields import ArrayField
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
    """What one figure counts in one month, day by day, at one desk, in one département ("*": all of them together).

    What lacks is cut by category as well.
    """

    figure = models.CharField("chiffre", max_length=24)
    month = models.DateField("mois")
    desk = models.ForeignKey("desk.Desk", models.CASCADE, related_name="+", verbose_name="guichet")
    departement = models.CharField("département", max_length=9, blank=True)
    category = models.ForeignKey(
        "catalogue.Category", models.CASCADE, related_name="+", null=True, verbose_name="catégorie"
    )
    n = models.BigIntegerField("compte")
    days = ArrayField(models.BigIntegerField(), size=31, verbose_name="comptes des jours")

    class Meta:
        verbose_name = "compte d’un mois"
        verbose_name_plural = "comptes des mois"
        constraints = [
            models.UniqueConstraint(
                fields=["figure", "departement", "month", "desk", "category"],
                include=["n"],
                nulls_distinct=False,
                name="cell_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.figure} {self.month:%Y-%m} : {self.n}"


class Touched(models.Model):
    """A day whose rows changed since they were counted, or a thing whose rows did; neither: the subject at all times.

    Written by triggers only, in the transaction of the change; taken away by who counts these days anew. The function
    `report_touched_days` says the days.
    """

    subject = models.CharField("objet", max_length=16)
    day = models.DateField("jour", null=True)
    via = models.CharField("par", max_length=16, blank=True)
    key = models.BigIntegerField("clé", null=True)

    class Meta:
        verbose_name = "jour à recompter"
        verbose_name_plural = "jours à recompter"
        constraints = [
            models.CheckConstraint(
                name="touched_day_or_thing",
                condition=Q(via="", key=None) | (Q(day=None, key__isnull=False) & ~Q(via="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.day or self.via}"
