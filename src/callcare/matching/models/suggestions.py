"""What the round of the night raised to the operators, and the rounds themselves."""

from datetime import date, timedelta
from typing import Self

import pghistory
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from callcare.accounts.models import User
from callcare.core import clock
from callcare.desk.models import desk_keys
from callcare.matching.enums import News
from callcare.matching.models.aside import Dismissal, Solicitation
from callcare.matching.models.lines import OfferedLine, WantedLine

SHOWN_DAYS = 7  # a pair left alone that long leaves the page


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def visible_to(self, user: User) -> Self:
        """The needs are the desk's: so are the pairs raised for them."""
        return self.filter(desk__in=desk_keys(user)) if user.is_operator else self.none()

    def shown(self, today: date) -> Self:
        """Those the last round kept and nobody dealt with, raised of late: counted on every page, by one index."""
        return self.filter(is_current=True, raised_on__gt=today - timedelta(SHOWN_DAYS))

    def standing(self) -> Self:
        """Those that still stand: both lines live, something left, nobody asked and nothing set aside meanwhile."""
        wanted = WantedLine.objects.filter(pk=OuterRef("need_line"), is_open=True, open__gt=0)
        offered = OfferedLine.objects.filter(
            Q(is_countable=False) | Q(free__gt=0),
            pk=OuterRef("commitment_line"), is_open=True, is_reachable=True, live__lt=F("max_live"),
        )  # fmt: skip
        giver = OuterRef("commitment_line__commitment__organisation")
        asked = Solicitation.objects.filter(need=OuterRef("need_line__need"), giver=giver)
        aside = Dismissal.objects.holding().filter(need_line=OuterRef("need_line"))
        aside = aside.filter(Q(commitment_line=OuterRef("commitment_line")) | Q(giver=giver))
        return self.filter(Exists(wanted), Exists(offered), ~Exists(asked), ~Exists(aside))


class Suggestion(models.Model):
    """A need line and a commitment line the round of a night brought together, and since when it is news.

    Kept as long as both lines live: a pair that was shown and left is not raised again unless it became better.
    `step` and `quantity` are those of the day it was raised: the next rounds are compared with them.
    """

    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="+", verbose_name="guichet")
    need_line = models.ForeignKey(
        "needs.NeedLine", models.CASCADE, related_name="suggestions", verbose_name="ligne de besoin"
    )
    commitment_line = models.ForeignKey(
        "commitments.CommitmentLine", models.CASCADE, related_name="suggestions", verbose_name="ligne d’engagement"
    )
    score = models.PositiveSmallIntegerField("score, en dixièmes")
    step = models.PositiveSmallIntegerField("palier de dix points")
    quantity = models.PositiveBigIntegerField("quantité couverte")
    is_announced = models.BooleanField("à confirmer d’abord", default=False)
    news = models.CharField("nouveauté", max_length=9, choices=News, default=News.NEW)
    raised_on = models.DateField("proposée le")
    seen_on = models.DateField("retrouvée le")
    is_current = models.BooleanField("retenue par la dernière tournée", default=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = "piste"
        constraints = [
            models.UniqueConstraint(fields=["need_line", "commitment_line"], name="suggestion_once"),
            models.CheckConstraint(name="suggestion_in_order", condition=Q(raised_on__lte=F("seen_on"))),
        ]
        indexes = [
            models.Index(fields=["desk", "raised_on"], condition=Q(is_current=True), name="suggestion_shown"),
            models.Index(fields=["seen_on"], name="suggestion_seen"),
        ]

    def __str__(self) -> str:
        return f"piste n° {self.pk}"


@pghistory.track()
class Round(models.Model):
    """One search for all open needs: when, over how many, what it raised. Without an end, it was interrupted."""

    on = models.DateField("jour")
    started_at = models.DateTimeField("commencée le", default=clock.now)
    finished_at = models.DateTimeField("finie le", null=True, blank=True)
    needs = models.PositiveIntegerField("lignes de besoin regardées", default=0)
    kept = models.PositiveIntegerField("pistes retenues", default=0)
    raised = models.PositiveIntegerField("pistes nouvelles", default=0)

    class Meta:
        verbose_name = "tournée"
        constraints = [
            models.CheckConstraint(
                name="round_in_order", condition=Q(finished_at=None) | Q(finished_at__gte=F("started_at"))
            )
        ]
        indexes = [models.Index(fields=["-started_at"], name="round_latest")]

    def __str__(self) -> str:
        return f"tournée du {self.on:%d/%m/%Y}"
