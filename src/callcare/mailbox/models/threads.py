"""Threads: the mails that answer one another."""

from typing import Self

import pghistory
from django.db import models
from django.db.models import F, Q

from callcare.accounts.models import User
from callcare.core import clock, refs
from callcare.core.fields import RefField
from callcare.core.states import Stateful
from callcare.desk.models import desk_keys
from callcare.mailbox.enums import ProposalReason, ProposalState


def new_token() -> str:
    """What names a thread in our Message-IDs and in the address of its answers: nobody guesses another's."""
    return refs.token(20)


class ThreadQuerySet(models.QuerySet["Thread"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(desk__in=desk_keys(user)) if user.is_operator else self.none()


@pghistory.track(exclude=["last_at"])
class Thread(models.Model):
    """A « fil ». One that was joined to another keeps its row and its token, and says where its mails are now."""

    ref = RefField("F", unique=True)
    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="threads", verbose_name="guichet")
    token = models.CharField("jeton", max_length=40, unique=True, default=new_token, editable=False)
    subject = models.CharField("objet", max_length=300, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, related_name="merged", null=True, blank=True, verbose_name="réuni avec"
    )
    sent = models.PositiveIntegerField("courriers écrits", default=0, editable=False)  # numbers our Message-IDs
    acknowledged_at = models.DateTimeField("accusé de réception le", null=True, blank=True)
    last_at = models.DateTimeField("dernier courriel le", default=clock.now)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = "fil"
        constraints = [
            models.CheckConstraint(
                name="thread_not_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
            )
        ]
        indexes = [
            models.Index(fields=["desk", "-last_at", "-id"], condition=Q(merged_into=None), name="thread_list"),
        ]

    def __str__(self) -> str:
        return self.subject or "(sans objet)"


@pghistory.track()
class Proposal(Stateful):
    """Two threads that may be one: an operator says yes or no, once."""

    MOVES = {
        ProposalState.OPEN: frozenset({ProposalState.ACCEPTED, ProposalState.DECLINED}),
        ProposalState.ACCEPTED: frozenset({ProposalState.OPEN}),  # the merge was undone
    }

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="proposals", verbose_name="fil")
    other = models.ForeignKey(Thread, models.PROTECT, related_name="+", verbose_name="avec le fil")
    reason = models.CharField("raison", max_length=10, choices=ProposalReason)
    state = models.CharField("état", max_length=8, choices=ProposalState, default=ProposalState.OPEN)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = "rapprochement"
        constraints = [
            models.UniqueConstraint(fields=["thread", "other"], name="proposal_once"),
            models.CheckConstraint(name="proposal_of_two", condition=~Q(thread=F("other"))),
        ]

    def __str__(self) -> str:
        return f"{self.thread} – {self.other}"
