"""Two persons put in direct contact by the desk, and the exact words that left."""

from typing import Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.fields import RefField
from callcare.core.states import Stateful
from callcare.desk.models import Consent, desk_keys
from callcare.introductions.enums import LIVE, IntroductionState, Side

S = IntroductionState
FINAL = (S.SUCCEEDED, S.NO_HELP, S.UNREACHABLE, S.EXPIRED, S.DECLINED, S.CANCELLED)


class IntroductionQuerySet(models.QuerySet["Introduction"]):
    def visible_to(self, user: User) -> Self:
        """The desk that proposed it, the desk of the commitment, and the partners of both sides once it is sent."""
        mine = Q(pk__in=[])
        if user.is_operator:
            desks = desk_keys(user)
            mine |= Q(desk__in=desks) | Q(commitment__desk__in=desks)
        if user.is_partner:
            bodies = user.memberships.values("organisation")
            mine |= Q(sent_at__isnull=False) & (Q(need__organisation__in=bodies) | Q(giver__in=bodies))
        return self.filter(mine)

    def live(self) -> Self:
        return self.filter(state__in=LIVE)

    def late(self) -> Self:
        """Those whose next date is past."""
        return self.live().filter(next_action_at__lt=clock.now())

    def for_list(self) -> Self:
        return self.select_related(
            "desk", "need__organisation", "need__commune", "giver", "commitment", "owner", "reason"
        ).order_by("-proposed_at", "-pk")


@pghistory.track()
class Introduction(Stateful):
    """A need and a giver brought together: proposed, agreed by both sides, sent, and how it ended."""

    MOVES = {
        S.PROPOSED: frozenset({S.SENT, S.DECLINED, S.EXPIRED, S.CANCELLED}),
        S.SENT: frozenset({S.IN_PROGRESS, S.SUCCEEDED, S.NO_HELP, S.UNREACHABLE, S.DECLINED, S.EXPIRED, S.CANCELLED}),
        S.IN_PROGRESS: frozenset({S.SUCCEEDED, S.NO_HELP, S.UNREACHABLE, S.DECLINED, S.CANCELLED}),
        S.SUCCEEDED: frozenset({S.IN_PROGRESS}),
        S.NO_HELP: frozenset({S.IN_PROGRESS}),
        S.UNREACHABLE: frozenset({S.IN_PROGRESS}),
        S.EXPIRED: frozenset({S.IN_PROGRESS}),
    }

    ref = RefField("M", unique=True)
    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="introductions", verbose_name="guichet")
    need = models.ForeignKey("needs.Need", models.PROTECT, related_name="introductions", verbose_name="besoin")
    need_line = models.ForeignKey(
        "needs.NeedLine", models.PROTECT, related_name="introductions", null=True, blank=True,
        verbose_name="ligne de besoin",
    )  # fmt: skip
    giver = models.ForeignKey(
        "directory.Organisation", models.PROTECT, related_name="introductions", verbose_name="contributeur"
    )
    commitment = models.ForeignKey(
        "commitments.Commitment", models.PROTECT, related_name="introductions", null=True, blank=True,
        verbose_name="engagement",
    )  # fmt: skip
    commitment_line = models.ForeignKey(
        "commitments.CommitmentLine", models.PROTECT, related_name="introductions", null=True, blank=True,
        verbose_name="ligne d’engagement",
    )  # fmt: skip
    asker_person = models.ForeignKey(
        "directory.Person", models.PROTECT, related_name="+", null=True, blank=True,
        verbose_name="interlocuteur du demandeur",
    )  # fmt: skip
    giver_person = models.ForeignKey(
        "directory.Person", models.PROTECT, related_name="+", null=True, blank=True,
        verbose_name="interlocuteur du contributeur",
    )  # fmt: skip
    interaction = models.ForeignKey(
        "desk.Interaction", models.PROTECT, related_name="introductions", null=True, blank=True,
        verbose_name="contact",
    )  # fmt: skip
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="proposée par"
    )
    asker_consent = models.ForeignKey(
        "desk.Consent", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="accord du demandeur"
    )
    giver_consent = models.ForeignKey(
        "desk.Consent", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="accord du contributeur"
    )
    state = models.CharField("état", max_length=11, choices=IntroductionState, default=S.PROPOSED)
    score = models.PositiveSmallIntegerField("score", null=True, blank=True)
    reasons = ArrayField(models.CharField(max_length=120), default=list, blank=True, verbose_name="raisons")
    proposed_at = models.DateTimeField("proposée le", default=clock.now)
    sent_at = models.DateTimeField("envoyée le", null=True, blank=True)
    first_contact_at = models.DateTimeField("prise en charge le", null=True, blank=True)
    first_closed_at = models.DateTimeField("close la première fois le", null=True, blank=True)
    closed_at = models.DateTimeField("close le", null=True, blank=True)
    declined_by = models.CharField("déclinée par", max_length=5, choices=Side, blank=True)
    reason = models.ForeignKey(
        "catalogue.Reason", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="motif"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="responsable"
    )
    next_action_at = models.DateTimeField("prochaine action", null=True, blank=True)

    objects = IntroductionQuerySet.as_manager()

    class Meta:
        verbose_name = "mise en relation"
        verbose_name_plural = "mises en relation"
        constraints = [
            models.UniqueConstraint(
                fields=["need", "giver"],
                condition=Q(state__in=LIVE),
                name="one_live_introduction_per_giver",
                violation_error_message="Une mise en relation est déjà en cours entre ce besoin et ce contributeur.",
            ),
            models.CheckConstraint(
                name="no_reveal_without_both_consents",
                condition=Q(sent_at__isnull=True) | Q(asker_consent__isnull=False, giver_consent__isnull=False),
                violation_error_message="Rien n’est transmis sans l’accord des deux côtés.",
            ),
            models.CheckConstraint(
                name="introduction_live_has_next",
                condition=~Q(state__in=LIVE) | Q(owner__isnull=False, next_action_at__isnull=False),
                violation_error_message="Une mise en relation en cours a une responsable et une prochaine date.",
            ),
            models.CheckConstraint(
                name="introduction_closed_iff_over",
                condition=Q(state__in=FINAL, closed_at__isnull=False) | Q(state__in=LIVE, closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="introduction_declined_says_who",
                condition=~Q(state=S.DECLINED) | (~Q(declined_by="") & Q(reason__isnull=False)),
                violation_error_message="Un refus dit de quel côté il vient, et pourquoi.",
            ),
        ]
        indexes = [
            models.Index(fields=["desk", "-proposed_at"], name="introduction_list"),
            models.Index(fields=["-proposed_at", "-id"], name="introduction_latest"),
            models.Index(fields=["next_action_at"], condition=Q(state__in=LIVE), name="introduction_due"),
            models.Index(fields=["sent_at", "id"], condition=Q(sent_at__isnull=False), name="introduction_of_day"),
        ]

    def __str__(self) -> str:
        return f"mise en relation {self.ref}"

    @property
    def is_late(self) -> bool:
        return self.state in LIVE and self.next_action_at is not None and self.next_action_at < clock.now()

    def consent_of(self, side: str) -> Consent | None:
        """This side's consent as it was noted here; live or not."""
        return self.asker_consent if side == Side.ASKER else self.giver_consent

    def sides_without_consent(self) -> list[Side]:
        """Who has still to say yes: nobody was heard, or the yes was taken back."""
        return [side for side in Side if not ((consent := self.consent_of(side)) and consent.is_live)]


class Disclosure(models.Model):
    """The act and the trace of passing on details. Append-only: it is its own history."""

    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="+", verbose_name="guichet")
    introduction = models.ForeignKey(
        Introduction, models.PROTECT, related_name="disclosures", verbose_name="mise en relation"
    )
    side = models.CharField("reçue par le", max_length=5, choices=Side)
    recipient = models.ForeignKey(
        "directory.Person", models.PROTECT, related_name="+", null=True, verbose_name="destinataire"
    )
    about = models.ForeignKey(
        "directory.Person", models.PROTECT, related_name="disclosures", null=True, verbose_name="personne transmise"
    )
    consent = models.ForeignKey("desk.Consent", models.PROTECT, related_name="disclosures", verbose_name="accord")
    channels = ArrayField(models.CharField(max_length=254), default=list, verbose_name="coordonnées transmises")
    text = models.TextField("texte exact")
    mail = models.ForeignKey(
        "desk.OutgoingMail", models.PROTECT, related_name="disclosures", null=True, verbose_name="courrier"
    )
    at = models.DateTimeField("le", default=clock.now)

    class Meta:
        verbose_name = "transmission"
        triggers = [pgtrigger.Protect(name="kept_for_ever", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"transmission n° {self.pk}"
