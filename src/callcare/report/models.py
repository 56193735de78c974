"""What was aimed at. The figures themselves are questions to the database (`figures`), never stored."""

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
