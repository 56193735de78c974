"""Where things are: communes and what they belong to.

Reference data, read from a file and never typed: not tracked by the row history. Its history is that of the file.
"""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models.functions import Upper

from callcare.accounts.models import User
from callcare.territories.enums import Level, Precision

WORDS = SearchVector("search_name", "other_search", config="simple")


class TerritoryQuerySet(models.QuerySet["Territory"]):
    def communes(self) -> Self:
        return self.filter(level=Level.COMMUNE)

    def visible_to(self, user: User) -> Self:
        """Communes are public: everybody sees them all."""
        return self.all()

    def with_parents(self) -> Self:
        return self.select_related("epci", "departement", "region")


class Territory(models.Model):
    """A commune, or what communes belong to. Codes are unique within a level (32 is a region and a département)."""

    level = models.CharField("niveau", max_length=11, choices=Level)
    code = models.CharField("code INSEE", max_length=9)
    name = models.CharField("nom", max_length=80)
    search_name = models.CharField("nom cherché", max_length=80, editable=False)
    other_names = ArrayField(
        models.CharField(max_length=80),
        verbose_name="noms d’usage",
        default=list,
        blank=True,
        help_text="Communes associées ou déléguées, arrondissements : Lomme pour Lille.",
    )
    other_search = models.CharField("noms d’usage cherchés", max_length=1000, default="", blank=True, editable=False)
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
        indexes = [
            models.Index(OpClass("search_name", "varchar_pattern_ops"), name="territory_name_begins"),
            GinIndex(WORDS, name="territory_words"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="territory_says"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """« Lille (59) »: its name, and what tells namesakes apart. `search` finds it by this."""
        return f"{self.name} ({self.departement.code})" if self.departement else self.name


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


class PlaceWord(models.Model):
    """One word of the names of communes, with the forms it takes when a letter is missed: finds in spite of a slip."""

    word = models.CharField("mot", max_length=40, unique=True)
    weight = models.PositiveIntegerField("poids", help_text="La population de la plus grande commune qui le porte.")
    slips = ArrayField(models.CharField(max_length=7), verbose_name="formes fautives")

    class Meta:
        verbose_name = "mot de nom de commune"
        verbose_name_plural = "mots de noms de communes"
        indexes = [GinIndex(fields=["slips"], name="placeword_slips")]

    def __str__(self) -> str:
        return self.word
