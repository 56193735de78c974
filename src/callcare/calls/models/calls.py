"""Calls, and the events they are a function of. Their events are their history: these rows are not tracked."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from callcare.accounts.models import User
from callcare.calls.enums import Outcome
from callcare.core import clock
from callcare.desk.enums import Direction


class CallEvent(models.Model):
    """One thing that happened to one call, in the normal form (`rules.events`)."""

    trunk = models.ForeignKey(
        "calls.Trunk", models.PROTECT, related_name="call_events", db_index=False, verbose_name="raccordement"
    )
    inbound = models.ForeignKey(
        "calls.InboundEvent", models.PROTECT, related_name="events", null=True, blank=True, verbose_name="reçu par"
    )
    received_id = models.CharField("identifiant reçu", max_length=200)
    call_id = models.CharField("appel", max_length=210)
    kind = models.CharField("nature", max_length=10)
    at = models.DateTimeField("à")
    event_key = models.CharField("clé", max_length=64)
    number_from = models.CharField("de", max_length=80, blank=True)
    number_to = models.CharField("vers", max_length=80, blank=True)
    direction = models.CharField("sens", max_length=3, blank=True)
    operators = ArrayField(models.CharField(max_length=200), default=list, blank=True, verbose_name="postes")
    cause = models.CharField("cause", max_length=16, blank=True)
    parent_id = models.CharField("appel d’origine", max_length=200, blank=True)
    media_url = models.TextField("adresse du message", blank=True)
    media_seconds = models.PositiveIntegerField("durée du message", null=True, blank=True)
    queue = models.CharField("file", max_length=80, blank=True)

    class Meta:
        verbose_name = "évènement d’appel"
        constraints = [models.UniqueConstraint(fields=["trunk", "event_key"], name="call_event_once")]
        indexes = [
            models.Index(fields=["trunk", "call_id"], name="call_event_of_call"),
            models.Index(fields=["trunk", "received_id", "call_id"], name="call_event_received"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.call_id}"


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(desk__operators=user) if user.is_operator else self.none()

    def real(self) -> Self:
        """Without the test calls of the page « Téléphonie »."""
        return self.filter(is_test=False)

    def live(self) -> Self:
        """Under way: nobody has hung up yet."""
        return self.real().filter(ended_at=None)


class Call(models.Model):
    """One telephone call: written by the fold alone, from its events."""

    trunk = models.ForeignKey(
        "calls.Trunk", models.PROTECT, related_name="calls", db_index=False, verbose_name="raccordement"
    )
    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="calls", db_index=False, verbose_name="guichet")
    call_id = models.CharField("identifiant reçu", max_length=210)
    interaction = models.ForeignKey(
        "desk.Interaction", models.PROTECT, related_name="calls", null=True, blank=True, verbose_name="contact"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, related_name="children", null=True, blank=True, verbose_name="transféré de"
    )
    parent_id_received = models.CharField("appel d’origine", max_length=200, blank=True)
    rank = models.PositiveSmallIntegerField("avancement", default=0)
    number_from = models.CharField("de", max_length=80, blank=True)
    number_to = models.CharField("vers", max_length=80, blank=True)
    caller = models.CharField("numéro de l’interlocuteur", max_length=20, blank=True)
    direction = models.CharField("sens", max_length=3, choices=Direction, default=Direction.IN)
    queue = models.CharField("file", max_length=80, blank=True)
    started_at = models.DateTimeField("commencé à", default=clock.now)
    in_hours = models.BooleanField("aux heures d’ouverture", default=True)
    rang = ArrayField(models.CharField(max_length=200), default=list, blank=True, verbose_name="a sonné chez")
    answered_at = models.DateTimeField("décroché à", null=True, blank=True)
    answered_by = ArrayField(models.CharField(max_length=200), default=list, blank=True, verbose_name="décroché par")
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="prise par"
    )
    is_voicemail = models.BooleanField("message vocal", default=False)
    media_url = models.TextField("adresse du message", blank=True)
    media_seconds = models.PositiveIntegerField("durée du message", null=True, blank=True)
    ended_at = models.DateTimeField("terminé à", null=True, blank=True)
    cause = models.CharField("cause", max_length=16, blank=True)
    outcome = models.CharField("issue", max_length=11, choices=Outcome, blank=True)
    is_test = models.BooleanField("essai", default=False)
    version = models.PositiveIntegerField("version", default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = "appel"
        constraints = [
            models.UniqueConstraint(fields=["trunk", "call_id"], name="call_once"),
            models.CheckConstraint(
                name="call_outcome_iff_ended",
                condition=(Q(ended_at__isnull=True) & Q(outcome="")) | (Q(ended_at__isnull=False) & ~Q(outcome="")),
            ),
        ]
        indexes = [
            models.Index(fields=["desk", "-started_at"], name="call_log"),
            models.Index(fields=["desk"], condition=Q(ended_at__isnull=True), name="call_live"),
            models.Index(fields=["desk", "caller", "-started_at"], name="call_of_caller"),
            models.Index(
                fields=["trunk", "parent_id_received"], condition=~Q(parent_id_received=""), name="call_family"
            ),
        ]

    def __str__(self) -> str:
        return f"appel de {self.caller or self.number_from or 'numéro masqué'}"
