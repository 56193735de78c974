"""Letters that leave: the only door out."""

from typing import Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from callcare.accounts.models import User
from callcare.core import clock
from callcare.desk.enums import MailManner, MailState
from callcare.desk.models.desks import desk_keys


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(desk__in=desk_keys(user)) if user.is_operator else self.none()

    def due(self) -> Self:
        """Those whose turn it is, oldest first."""
        return self.filter(state=MailState.QUEUED, next_try_at__lte=clock.now()).order_by("next_try_at", "pk")


@pghistory.track()
class OutgoingMail(models.Model):
    """A letter written in a deed, sent after it. Its Message-ID comes from its key: a second copy can be dropped."""

    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="letters", verbose_name="guichet")
    key = models.CharField("clé", max_length=120, unique=True)
    message_id = models.CharField("identifiant", max_length=200, unique=True)
    to_name = models.CharField("destinataire", max_length=200, blank=True)
    to = models.EmailField("adresse")
    sender = models.EmailField("expéditeur", blank=True)  # an address of the desk; empty: its first one
    reply_to = models.EmailField("répondre à", blank=True)
    subject = models.CharField("objet", max_length=200)
    body = models.TextField("texte")
    manner = models.CharField("nature", max_length=7, choices=MailManner, default=MailManner.NOTICE)
    in_reply_to = models.CharField("en réponse à", max_length=400, blank=True)
    references = ArrayField(models.CharField(max_length=400), default=list, blank=True, verbose_name="à la suite de")
    consent_ids = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name="accords")
    state = models.CharField("état", max_length=6, choices=MailState, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    next_try_at = models.DateTimeField("prochain essai", default=clock.now)
    last_error = models.CharField("dernière erreur", max_length=300, blank=True)
    queued_at = models.DateTimeField("écrit le", default=clock.now)
    sent_at = models.DateTimeField("envoyé le", null=True, blank=True)
    bounced_at = models.DateTimeField("revenu le", null=True, blank=True)
    bounce_said = models.CharField("raison du retour", max_length=300, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = "courrier"
        constraints = [
            models.CheckConstraint(
                name="mail_sent_iff_sent",
                condition=Q(state=MailState.SENT, sent_at__isnull=False)
                | (~Q(state=MailState.SENT) & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="mail_back_after_sent", condition=Q(bounced_at__isnull=True) | Q(state=MailState.SENT)
            ),
        ]
        indexes = [
            # Partial, on the work state: a full index lets the queue fall behind under load.
            models.Index(fields=["next_try_at"], condition=Q(state="queued"), name="mail_queued"),
            models.Index(fields=["desk", "-queued_at", "-id"], include=["state"], name="mail_list"),
            models.Index(fields=["desk"], condition=Q(state="failed"), name="mail_failed"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def ref(self) -> str:
        """How addresses name this letter: the part of its Message-ID made from its key."""
        return self.message_id.removeprefix("<cc.").partition("@")[0]

    @property
    def was_kept_inside(self) -> bool:
        """Written in a replayed month: shown as sent, never handed to a mail server."""
        return self.state == MailState.SENT and self.attempts == 0

    def note_sent(self) -> None:
        """The mail server took it: written by the job that holds this row."""
        facts = {"state": MailState.SENT, "sent_at": clock.now(), "attempts": self.attempts + 1, "last_error": ""}
        type(self).objects.filter(pk=self.pk).update(**facts)
        for name, value in facts.items():
            setattr(self, name, value)
