"""What the desk owes: call-backs and the steps of follow-up, in one list."""

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.fields import RefField
from callcare.core.states import Stateful
from callcare.desk.enums import BY_MACHINE, ReminderState, ReminderStep
from callcare.desk.models.desks import desk_keys


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(desk__in=desk_keys(user)) if user.is_operator else self.none()

    def planned(self) -> Self:
        return self.filter(state=ReminderState.PLANNED)

    def for_list(self) -> Self:
        """Late ones first; what a colleague has taken stays in its place."""
        return self.select_related("organisation", "person", "owner", "claimed_by", "desk").order_by("due_at", "pk")


@pghistory.track()
class Reminder(Stateful):
    """A dated step the desk owes somebody. One step is planned once for one subject."""

    MOVES = {
        ReminderState.PLANNED: frozenset({ReminderState.DONE, ReminderState.OVERTAKEN, ReminderState.CANCELLED}),
    }

    ref = RefField("R", unique=True)
    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="reminders", verbose_name="guichet")
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    subject_ref = models.CharField("référence de la fiche", max_length=10, blank=True, editable=False)
    moves = ArrayField(
        models.CharField(max_length=10), default=list, blank=True, editable=False, verbose_name="fiches concernées"
    )  # the references of the fiches this step moves forward: their next date follows it
    step = models.CharField("étape", max_length=16, choices=ReminderStep)
    about = models.CharField("à propos de", max_length=200)
    organisation = models.ForeignKey(
        "directory.Organisation", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="organisation"
    )
    person = models.ForeignKey(
        "directory.Person", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="interlocuteur"
    )
    number = models.CharField("numéro à appeler", max_length=20, blank=True)
    due_at = models.DateTimeField("pour le")
    first_due_at = models.DateTimeField("d’abord pour le", null=True, blank=True, editable=False)
    first_tried_at = models.DateTimeField("premier essai le", null=True, blank=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="responsable"
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="prise par"
    )
    claimed_until = models.DateTimeField("prise jusqu’à", null=True, blank=True)
    tries = models.PositiveSmallIntegerField("essais", default=0)
    has_message = models.BooleanField("avec un message vocal", default=False)
    missed = models.PositiveSmallIntegerField("appels manqués", default=0)
    note = models.CharField("note", max_length=300, blank=True)
    done_at = models.DateTimeField("faite le", null=True, blank=True)
    state = models.CharField("état", max_length=9, choices=ReminderState, default=ReminderState.PLANNED)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = "relance"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "step"],
                condition=Q(state=ReminderState.PLANNED),
                name="reminder_step_once",
                violation_error_message="Cette relance est déjà prévue.",
            ),
            models.UniqueConstraint(
                fields=["desk", "number"],
                condition=Q(state=ReminderState.PLANNED, step=ReminderStep.CALL_BACK) & ~Q(number=""),
                name="call_back_once_a_number",
                violation_error_message="Un rappel est déjà dû à ce numéro.",
            ),
            models.CheckConstraint(
                name="reminder_done_iff_done",
                condition=Q(state=ReminderState.DONE, done_at__isnull=False)
                | (~Q(state=ReminderState.DONE) & Q(done_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["desk", "due_at"], condition=Q(state="planned"), name="reminder_list"),
            GinIndex(fields=["moves"], condition=Q(state="planned"), name="reminder_moves"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} : {self.about}"

    @property
    def is_taken(self) -> bool:
        return self.claimed_until is not None and self.claimed_until > clock.now()

    @property
    def is_late(self) -> bool:
        return self.state == ReminderState.PLANNED and self.due_at <= clock.now()

    @property
    def is_automatic(self) -> bool:
        """Does the machine make this step by itself, in opening hours?"""
        return self.step in BY_MACHINE
