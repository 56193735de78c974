"""Which operators had a screen of their desk before them, from when to when."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from callcare.accounts.models import User
from callcare.core import clock


class PresenceQuerySet(models.QuerySet["Presence"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(desk__operators=user) if user.is_operator else self.none()


class Presence(models.Model):
    """An operator at her screen, kept by its stream every half minute. Her telephone may be elsewhere: a hint."""

    desk = models.ForeignKey("desk.Desk", models.CASCADE, related_name="presences", verbose_name="guichet")
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="presences", verbose_name="opératrice"
    )
    began_at = models.DateTimeField("depuis", default=clock.now)
    seen_at = models.DateTimeField("vue à", default=clock.now)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = "présence"
        constraints = [
            models.CheckConstraint(name="presence_in_order", condition=Q(began_at__lte=F("seen_at"))),
        ]
        indexes = [
            models.Index(fields=["operator", "desk", "-seen_at"], name="presence_of_operator"),
            models.Index(fields=["desk", "-seen_at"], name="presence_at_desk"),
        ]

    def __str__(self) -> str:
        return f"{self.operator} à {self.desk}"
