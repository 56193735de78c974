"""The desks themselves: one number, one mailbox, a territory, hours, operators."""

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from callcare.accounts.models import User


class DeskQuerySet(models.QuerySet["Desk"]):
    def visible_to(self, user: User) -> Self:
        """An operator sees the desks she keeps; stewards and administrators see them all."""
        return self if user.is_steward or user.is_admin else self.filter(operators=user)


@pghistory.track()
class Desk(models.Model):
    """A « guichet »: where a territory's calls and mails arrive."""

    slug = models.SlugField("identifiant", unique=True)
    name = models.CharField("nom", max_length=80, unique=True)
    territory = models.ForeignKey(
        "territories.Territory", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="territoire"
    )
    numbers = ArrayField(models.CharField(max_length=16), default=list, blank=True, verbose_name="numéros")
    mailboxes = ArrayField(models.EmailField(), default=list, blank=True, verbose_name="boîtes aux lettres")
    neighbours = models.ManyToManyField("self", blank=True, verbose_name="guichets voisins")
    operators = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="desks", blank=True, verbose_name="opératrices"
    )

    objects = DeskQuerySet.as_manager()

    class Meta:
        verbose_name = "guichet"

    def __str__(self) -> str:
        return self.name


def desks_of(user: User) -> list[Desk]:
    """The desks she keeps, by name: read once for each request. No more of them than she can keep in mind.

    Their keys are written into the questions about rows: an index by desk then gives a list in its order.
    """
    if user.memo is None:
        return list(Desk.objects.filter(operators=user).order_by("name"))
    if "desks" not in user.memo:
        user.memo["desks"] = list(Desk.objects.filter(operators=user).order_by("name"))
    known: list[Desk] = user.memo["desks"]
    return known


def desk_keys(user: User) -> list[int]:
    return [desk.pk for desk in desks_of(user)]


class OfDeskQuerySet(models.QuerySet[models.Model]):
    """Rows that belong to a desk."""

    def visible_to(self, user: User) -> Self:
        """An operator sees the rows of her desks and nobody else's; the others see nothing unless a model says so."""
        return self.filter(desk__in=desk_keys(user)) if user.is_operator else self.none()


@pghistory.track()
class OpeningHours(models.Model):
    """When a desk answers, in Paris time; half open: at 18:00:00 it is closed."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="hours", verbose_name="guichet")
    weekday = models.PositiveSmallIntegerField("jour", help_text="0 = lundi")
    opens = models.TimeField("ouvre à")
    closes = models.TimeField("ferme à")

    class Meta:
        verbose_name = "horaires"
        verbose_name_plural = "horaires"
        constraints = [
            models.CheckConstraint(
                name="hours_in_order",
                condition=Q(opens__lt=F("closes")) & Q(weekday__lte=6),
                violation_error_message="L’heure de fermeture vient après l’heure d’ouverture.",
            ),
            models.UniqueConstraint(fields=["desk", "weekday", "opens"], name="hours_once"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}-{self.closes:%H:%M}"


@pghistory.track()
class Closure(models.Model):
    """Days when the desk is closed, or open although it is a holiday. Public holidays are computed, not stored."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="closures", verbose_name="guichet")
    first_on = models.DateField("du")
    last_on = models.DateField("au")
    label = models.CharField("motif", max_length=80)
    is_opening = models.BooleanField("ouverture exceptionnelle", default=False)

    class Meta:
        verbose_name = "fermeture"
        constraints = [
            models.CheckConstraint(
                name="closure_in_order",
                condition=Q(first_on__lte=F("last_on")),
                violation_error_message="Le dernier jour vient après le premier.",
            )
        ]

    def __str__(self) -> str:
        return self.label
