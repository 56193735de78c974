"""The words both twins need: what is wanted or offered, in which unit, and the reasons people give."""

from typing import Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models

from callcare.accounts.enums import Role
from callcare.accounts.models import User
from callcare.catalogue.enums import Kind, Measure, ReasonUse
from callcare.core.edits import Versioned


@pghistory.track()
class Unit(models.Model):
    """How a quantity is typed and shown. `factor` measures make one unit: an hour is 60 minutes, a euro 100 cents."""

    code = models.CharField("code", max_length=12, unique=True)
    label = models.CharField("nom", max_length=30)
    plural = models.CharField("pluriel", max_length=30)
    measure = models.CharField("mesure", max_length=6, choices=Measure)
    factor = models.PositiveIntegerField("facteur")

    class Meta:
        verbose_name = "unité"
        constraints = [models.CheckConstraint(name="unit_factor_positive", condition=models.Q(factor__gt=0))]

    def __str__(self) -> str:
        return self.label


class CategoryQuerySet(models.QuerySet["Category"]):
    def visible_to(self, user: User) -> Self:
        """The catalogue has no secret: whoever works here reads all of it."""
        return self if user.has_role(Role.OPERATOR, Role.STEWARD, Role.ADMIN) else self.none()

    def in_use(self) -> Self:
        return self.filter(is_retired=False)


@pghistory.track()
class Category(Versioned):
    """The thing wanted or offered: laptop, tutoring, venue. A tree; `path` holds the codes from the root down."""

    code = models.SlugField("code", max_length=40, unique=True)
    label = models.CharField("nom", max_length=60)
    kind = models.CharField("nature", max_length=9, choices=Kind)
    parent = models.ForeignKey(
        "self", models.PROTECT, related_name="children", null=True, blank=True, verbose_name="catégorie mère"
    )
    path = ArrayField(models.CharField(max_length=40), editable=False, default=list)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="unité habituelle")
    synonyms = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name="synonymes")
    is_tracked = models.BooleanField("suivie pièce par pièce", default=False)
    is_computer = models.BooleanField("compte comme ordinateur", default=False)
    is_retired = models.BooleanField("retirée", default=False)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = "catégorie"

    def __str__(self) -> str:
        return self.label


@pghistory.track()
class Reason(models.Model):
    """A reason from a closed list. `is_final` : « plus tard » is not final, « jamais » is."""

    code = models.SlugField("code", max_length=40, unique=True)
    label = models.CharField("motif", max_length=80)
    used_for = ArrayField(models.CharField(max_length=16, choices=ReasonUse), verbose_name="sert à")
    is_final = models.BooleanField("définitif", default=True)
    order = models.PositiveSmallIntegerField("ordre", default=100)

    class Meta:
        verbose_name = "motif"

    def __str__(self) -> str:
        return self.label
