"""The one log of the desk: calls, mails, forms and visits. Everything else starts here."""

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.edits import Versioned
from callcare.core.fields import RefField
from callcare.core.states import Stateful
from callcare.desk.enums import Direction, Disposition, InteractionChannel, InteractionState
from callcare.desk.models.desks import desk_keys


class InteractionQuerySet(models.QuerySet["Interaction"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(desk__in=desk_keys(user)) if user.is_operator else self.none()

    def for_list(self) -> Self:
        return self.select_related("organisation", "person", "operator").order_by("-started_at", "-pk")


@pghistory.track()
class Interaction(Stateful, Versioned):
    """Somebody and the desk were in contact, by whatever channel."""

    MOVES = {
        InteractionState.DRAFT: frozenset({InteractionState.FINAL}),
        InteractionState.FINAL: frozenset({InteractionState.DRAFT}),
    }

    ref = RefField("C", unique=True)
    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="interactions", verbose_name="guichet")
    channel = models.CharField("canal", max_length=6, choices=InteractionChannel, default=InteractionChannel.PHONE)
    direction = models.CharField("sens", max_length=3, choices=Direction, default=Direction.IN)
    started_at = models.DateTimeField("commencé le", default=clock.now)
    ended_at = models.DateTimeField("terminé le", null=True, blank=True)
    finished_at = models.DateTimeField("enregistré le", null=True, blank=True)
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="pris par"
    )
    organisation = models.ForeignKey(
        "directory.Organisation",
        models.PROTECT,
        related_name="interactions",
        null=True,
        blank=True,
        verbose_name="organisation",
    )
    person = models.ForeignKey(
        "directory.Person", models.PROTECT, related_name="interactions", null=True, blank=True,
        verbose_name="interlocuteur",
    )  # fmt: skip
    raw_identity = models.CharField("numéro ou adresse", max_length=254, blank=True)
    dispositions = ArrayField(
        models.CharField(max_length=12, choices=Disposition), default=list, blank=True, verbose_name="suite donnée"
    )
    summary = models.TextField("note", blank=True)
    external_id = models.CharField("identifiant reçu", max_length=120, null=True, blank=True, unique=True)
    state = models.CharField("état", max_length=5, choices=InteractionState, default=InteractionState.DRAFT)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = InteractionQuerySet.as_manager()

    class Meta:
        verbose_name = "contact"
        constraints = [
            models.CheckConstraint(
                name="interaction_finished_iff_final",
                condition=Q(state=InteractionState.FINAL, finished_at__isnull=False)
                | Q(state=InteractionState.DRAFT, finished_at__isnull=True),
            ),
        ]
        indexes = [
            # With what the log is filtered by, so that counting its lines reads no row.
            models.Index(
                fields=["desk", "-started_at", "-id"],
                include=["channel", "state", "dispositions"],
                name="interaction_log",
            ),
            models.Index(fields=["desk", "-started_at"], condition=Q(state="draft"), name="interaction_draft"),
            models.Index(fields=["operator", "-finished_at"], name="interaction_finished"),
            models.Index(fields=["raw_identity"], name="interaction_number"),
            GinIndex(OpClass(Upper("summary"), name="gin_trgm_ops"), name="interaction_says"),
            models.Index(fields=["organisation", "-started_at"], name="interaction_of_organisation"),
            models.Index(fields=["desk", "raw_identity", "-started_at"], name="interaction_of_number"),
        ]

    def __str__(self) -> str:
        return f"contact du {self.started_at.astimezone(clock.PARIS):%d/%m/%Y %H:%M}"

    @property
    def led_to(self) -> list[str]:
        """What it led to, in words."""
        return [str(Disposition(one).label) for one in self.dispositions]


class Draft(models.Model):
    """What an operator is typing, kept every few seconds. Not tracked: it is not a deed yet."""

    interaction = models.OneToOneField(
        Interaction, models.CASCADE, related_name="draft", primary_key=True, verbose_name="contact"
    )
    content = models.JSONField("contenu", default=dict)
    version = models.PositiveIntegerField("version", default=0)
    saved_at = models.DateTimeField("gardé le", default=clock.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = "brouillon"

    def __str__(self) -> str:
        return f"brouillon du {self.interaction}"


@pghistory.track()
class Referral(models.Model):
    """A caller sent to a service elsewhere. No quantity, nobody's details passed on, nobody helped is named."""

    interaction = models.ForeignKey(Interaction, models.PROTECT, related_name="referrals", verbose_name="contact")
    organisation = models.ForeignKey(
        "directory.Organisation", models.PROTECT, related_name="referrals", null=True, blank=True,
        verbose_name="vers l’organisation",
    )  # fmt: skip
    service = models.CharField("service", max_length=120)
    done_at = models.DateTimeField("le", default=clock.now)

    class Meta:
        verbose_name = "orientation"

    def __str__(self) -> str:
        return self.service
