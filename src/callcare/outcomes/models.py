"""What came of it: what each side says, and how many people were helped. Counted, never named."""

from typing import Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from callcare.accounts.models import User
from callcare.catalogue.enums import Audience
from callcare.core import clock
from callcare.desk.models import desk_keys
from callcare.introductions.enums import Side
from callcare.outcomes.enums import AgeBand, CountMethod, Extent


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(desk__in=desk_keys(user)) if user.is_operator else self.none()


@pghistory.track()
class Outcome(models.Model):
    """What one side says came of the help."""

    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="outcomes", verbose_name="guichet")
    need = models.ForeignKey("needs.Need", models.PROTECT, related_name="outcomes", verbose_name="besoin")
    introduction = models.ForeignKey(
        "introductions.Introduction", models.PROTECT, related_name="outcomes", null=True, blank=True,
        verbose_name="mise en relation",
    )  # fmt: skip
    fulfilment = models.ForeignKey(
        "allocations.Fulfilment", models.PROTECT, related_name="outcomes", null=True, blank=True,
        verbose_name="remise",
    )  # fmt: skip
    side = models.CharField("dit par le", max_length=5, choices=Side)
    useful = models.BooleanField("utile", null=True, blank=True)
    extent = models.CharField("aide reçue", max_length=4, choices=Extent)
    verbatim = models.TextField("en leurs mots", blank=True)
    may_publish = models.BooleanField("peut être publié", default=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="noté par"
    )
    answered_at = models.DateTimeField("dit le", default=clock.now)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = "résultat"

    def __str__(self) -> str:
        return f"résultat n° {self.pk}"


@pghistory.track()
class PeopleCount(models.Model):
    """How many people one need helped, by audience and age band: one current row, corrected in place with history."""

    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="people_counts", verbose_name="guichet")
    need = models.ForeignKey("needs.Need", models.PROTECT, related_name="people_counts", verbose_name="besoin")
    audience = models.CharField("public", max_length=10, choices=Audience)
    age_band = models.CharField("âge", max_length=7, choices=AgeBand, default=AgeBand.UNKNOWN)
    people = models.PositiveIntegerField("personnes accompagnées")
    first_time = models.PositiveIntegerField("pour la première fois", default=0)
    method = models.CharField("provenance", max_length=9, choices=CountMethod, default=CountMethod.DECLARED)
    counted_at = models.DateTimeField("compté le", default=clock.now)

    class Meta:
        verbose_name = "décompte"
        indexes = [models.Index(fields=["counted_at", "id"], name="people_of_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["need", "audience", "age_band"],
                name="people_counted_once",
                violation_error_message="Ces personnes sont déjà comptées pour ce besoin.",
            ),
            models.CheckConstraint(
                name="first_time_is_a_part",
                condition=Q(first_time__lte=F("people")),
                violation_error_message="« Pour la première fois » ne dépasse pas le nombre de personnes.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.people} {self.get_audience_display()}"
