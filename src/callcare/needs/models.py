"""What is lacking: needs and their lines."""

import pghistory
from django.db import models
from django.db.models import F, Q

from callcare.catalogue.enums import Audience
from callcare.core.fields import RefField
from callcare.desk.models import Case, CaseLine, CaseQuerySet


class NeedQuerySet(CaseQuerySet):
    pass


@pghistory.track()
class Need(Case):
    """What an asker lacks for the people it accompanies, as heard at the desk."""

    ref = RefField("B", unique=True)
    audience = models.CharField("public", max_length=10, choices=Audience, blank=True)
    priority = models.PositiveSmallIntegerField("priorité", default=2, help_text="1 : urgent ; 3 : peut attendre")
    people_expected = models.PositiveIntegerField("personnes concernées", null=True, blank=True)
    givers_wanted = models.PositiveSmallIntegerField("contributeurs cherchés", default=1)
    repeats = models.PositiveSmallIntegerField("réitérations", default=0, editable=False)
    duplicate_of = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, blank=True)

    objects = NeedQuerySet.as_manager()

    class Meta(Case.Meta):
        verbose_name = "besoin"
        constraints = [
            *Case.Meta.constraints,
            models.CheckConstraint(name="need_priority_known", condition=Q(priority__range=(1, 3))),
        ]
        indexes = [
            models.Index(fields=["desk", "-opened_at"], name="need_list"),
            models.Index(fields=["desk", "next_action_at"], condition=Q(state="open"), name="need_open"),
        ]


@pghistory.track()
class NeedLine(CaseLine):
    """One countable part of a need. The two counters are kept by the database, never written by hand."""

    need = models.ForeignKey(Need, models.CASCADE, related_name="lines", verbose_name="besoin")
    qty_requested = models.PositiveBigIntegerField("demandée")
    qty_cancelled = models.PositiveBigIntegerField("annulée", default=0)
    qty_open = models.GeneratedField(
        expression=F("qty_requested") - F("qty_cancelled") - F("qty_reserved"),
        output_field=models.BigIntegerField("reste à trouver"),
        db_persist=True,
    )
    min_useful = models.PositiveBigIntegerField("minimum utile", default=1)

    class Meta:
        verbose_name = "ligne de besoin"
        verbose_name_plural = "lignes de besoin"
        constraints = [
            models.CheckConstraint(
                name="need_line_positive",
                condition=Q(qty_requested__gt=0),
                violation_error_message="Un besoin porte sur une quantité d’au moins un.",
            ),
            models.CheckConstraint(
                name="never_over_serve",
                condition=Q(qty_reserved__lte=F("qty_requested") - F("qty_cancelled")),
                violation_error_message="C’est plus que ce qui est demandé.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.in_units(self.qty_requested):g} {self.unit_id and self.unit.code} · {self.category_id}"
