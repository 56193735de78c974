"""Messages that callers leave on the voice box."""

from typing import Self

import pghistory
from django.db import models
from django.db.models import F, Q

from callcare.accounts.models import User
from callcare.calls.enums import MessageState
from callcare.core import clock
from callcare.core.fields import RefField


class VoiceMessageQuerySet(models.QuerySet["VoiceMessage"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(call__desk__operators=user) if user.is_operator else self.none()


@pghistory.track(exclude=["source"])
class VoiceMessage(models.Model):
    """One recorded message: fetched at once, since the provider's address lives an hour; deleted after its time."""

    ref = RefField("V", unique=True)
    call = models.OneToOneField("calls.Call", models.PROTECT, related_name="message", verbose_name="appel")
    source = models.TextField("adresse chez l’opérateur téléphonique")
    state = models.CharField("état", max_length=8, choices=MessageState, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    next_try_at = models.DateTimeField("prochain essai", default=clock.now)
    last_error = models.CharField("dernière erreur", max_length=200, blank=True)
    stored_name = models.CharField("fichier", max_length=80, blank=True)
    content_type = models.CharField("format", max_length=40, blank=True)
    size = models.PositiveIntegerField("taille", default=0)
    sha256 = models.CharField("empreinte", max_length=64, blank=True)
    fetched_at = models.DateTimeField("reçu le", null=True, blank=True)
    heard_at = models.DateTimeField("écouté le", null=True, blank=True)
    deleted_at = models.DateTimeField("effacé le", null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = VoiceMessageQuerySet.as_manager()

    class Meta:
        verbose_name = "message vocal"
        constraints = [
            models.CheckConstraint(
                name="message_kept_iff_file",
                condition=(Q(state=MessageState.KEPT) & ~Q(stored_name="") & Q(fetched_at__isnull=False))
                | (~Q(state=MessageState.KEPT) & Q(stored_name="")),
            ),
            models.CheckConstraint(
                name="message_deleted_iff_deleted",
                condition=Q(state=MessageState.DELETED, deleted_at__isnull=False)
                | (~Q(state=MessageState.DELETED) & Q(deleted_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(F("next_try_at"), condition=Q(state="waiting"), name="message_waiting"),
        ]

    def __str__(self) -> str:
        return f"message de {self.call.caller or 'numéro masqué'}"

    @property
    def is_playable(self) -> bool:
        return self.state == MessageState.KEPT
