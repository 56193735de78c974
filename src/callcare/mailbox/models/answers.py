"""What we wrote in a thread: the letter itself is the desk's, the only door out."""

from typing import Self

import pghistory
from django.conf import settings
from django.db import models

from callcare.accounts.models import User
from callcare.core import clock
from callcare.desk.models import desk_keys


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(thread__desk__in=desk_keys(user)) if user.is_operator else self.none()


@pghistory.track(exclude=["typed"])  # the letter has its words
class Answer(models.Model):
    """A letter of ours in a thread: an operator's answer, or the acknowledgement of the machine (nobody's)."""

    thread = models.ForeignKey("mailbox.Thread", models.PROTECT, related_name="answers", verbose_name="fil")
    number = models.PositiveIntegerField("numéro dans le fil")
    letter = models.OneToOneField("desk.OutgoingMail", models.PROTECT, related_name="answer", verbose_name="courrier")
    to = models.ForeignKey(
        "mailbox.Mail", models.PROTECT, related_name="answers", null=True, blank=True, verbose_name="en réponse à"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="écrit par"
    )
    typed = models.TextField("texte saisi", blank=True)  # the letter has its lines broken; held back, this comes back
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = "réponse"
        constraints = [models.UniqueConstraint(fields=["thread", "number"], name="answer_once")]

    def __str__(self) -> str:
        return str(self.letter)
