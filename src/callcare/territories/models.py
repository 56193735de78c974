"""Where things are: communes and what they belong to."""

from typing import Self

import pghistory
from django.db import models

from callcare.territories.enums import Level, Precision


class TerritoryQuerySet(models.QuerySet["Territory"]):
    def communes(self) -> Self:
        return self.filter(level=Level.COMMUNE)


@pghistory.track()
class Territory(models.Model):
    """A commune, or what communes belong to. Codes are unique within a level (32 is a region and a département)."""

    level = models.CharField("niveau", max_length=11, choices=Level)
    code = models.CharField("code INSEE", max_length=9)
    name = models.CharField("nom", max_length=80)
    search_name = models.CharField("nom cherché", max_length=80, editable=False)
    epci = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, blank=True)
    departement = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, blank=True)
    region = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, blank=True)
    population = models.PositiveIntegerField("population", default=0)
    lat = models.FloatField("latitude", null=True, blank=True)
    lon = models.FloatField("longitude", null=True, blank=True)
    precision = models.CharField("précision", max_length=8, choices=Precision, default=Precision.NONE)

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = "territoire"
        constraints = [
            models.UniqueConstraint(fields=["level", "code"], name="territory_code_once"),
            models.CheckConstraint(
                name="territory_point_iff_precise",
                condition=models.Q(precision=Precision.NONE, lat=None, lon=None)
                | (~models.Q(precision=Precision.NONE) & models.Q(lat__isnull=False, lon__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class PostCode(models.Model):
    """A postcode serves several communes, and a commune may have several."""

    code = models.CharField("code postal", max_length=5, db_index=True)
    commune = models.ForeignKey(Territory, models.PROTECT, related_name="postcodes", verbose_name="commune")

    class Meta:
        verbose_name = "code postal"
        verbose_name_plural = "codes postaux"
        constraints = [models.UniqueConstraint(fields=["code", "commune"], name="postcode_once")]

    def __str__(self) -> str:
        return self.code
