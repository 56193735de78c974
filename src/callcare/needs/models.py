"""What is lacking: needs and their lines."""

from datetime import timedelta
from typing import Self

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse

from callcare.catalogue.enums import Audience
from callcare.catalogue.models import Category
from callcare.core import clock
from callcare.core.fields import RefField
from callcare.desk.enums import CaseState
from callcare.desk.models import Case, CaseLine, CaseQuerySet, Desk, Interaction
from callcare.directory.models import Organisation
from callcare.needs.enums import InteractionRole

REPEAT_WITHIN = timedelta(days=21)  # model §11: asked again later than that, it is a new need


class NeedQuerySet(CaseQuerySet):
    def asked_lately(self, *, desk: Desk, organisation: Organisation, category: Category) -> Self:
        """The open needs of which the same thing, asked again now by the same organisation, is a repeat."""
        return self.filter(
            desk=desk,
            organisation=organisation,
            lines__category=category,
            state__in=[CaseState.TO_QUALIFY, CaseState.OPEN, CaseState.ON_HOLD],
            opened_at__gte=clock.now() - REPEAT_WITHIN,
        ).distinct()


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
            models.CheckConstraint(
                name="need_duplicate_is_closed",
                condition=Q(duplicate_of__isnull=True) | (Q(state=CaseState.CLOSED) & ~Q(duplicate_of=F("id"))),
                violation_error_message="Un doublon est clos, et renvoie à un autre besoin.",
            ),
        ]
        indexes = [
            models.Index(fields=["desk", "-opened_at"], name="need_list"),
            models.Index(fields=["desk", "next_action_at", "id"], name="need_next"),
            models.Index(fields=["desk", "opened_at", "id"], condition=~Q(state="closed"), name="need_waiting"),
            models.Index(fields=["desk", "next_action_at", "id"], condition=Q(state="closed"), name="need_closed"),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="need_title_says"),
            GinIndex(OpClass(Upper("typed"), name="gin_trgm_ops"), name="need_typed_says"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("needs:page", args=[self.ref])


@pghistory.track()
class NeedLine(CaseLine):
    """One countable part of a need. The two counters are kept by the database, never written by hand."""

    WHOLE = "qty_requested"
    TAKEN_BACK = "qty_cancelled"

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


@pghistory.track()
class NeedInteraction(models.Model):
    """Every contact in which a need was spoken of, and what it did to it."""

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+", verbose_name="guichet")
    need = models.ForeignKey(Need, models.CASCADE, related_name="spoken_of", verbose_name="besoin")
    interaction = models.ForeignKey(Interaction, models.PROTECT, related_name="about_needs", verbose_name="contact")
    role = models.CharField("rôle", max_length=8, choices=InteractionRole)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = "contact au sujet d’un besoin"
        verbose_name_plural = "contacts au sujet d’un besoin"
        constraints = [
            models.UniqueConstraint(
                fields=["need", "interaction", "role"],
                name="need_interaction_once",
                violation_error_message="Cette réitération est déjà notée pour ce contact.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} : {self.need}"
