"""A person's leave to pass on her details: recorded where people speak, spent where they are introduced."""

from typing import Self

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from callcare.core import clock, french
from callcare.desk.enums import Basis, Reach
from callcare.desk.models.cases import Case
from callcare.directory.models import Person


class ConsentQuerySet(models.QuerySet["Consent"]):
    def live(self) -> Self:
        """Neither withdrawn nor lapsed."""
        return self.filter(withdrawn_at=None).filter(Q(valid_until=None) | Q(valid_until__gt=clock.now()))

    def of_person(self, person: Person, case: Case | None = None) -> "Consent | None":
        """The live consent that covers this person in this case: the case's own, else one that holds for all."""
        own = case.consent_id if case else None
        holds = Q(reach=Reach.STANDING) | Q(pk=own, reach=Reach.CASE)
        found = self.live().filter(holds, person=person).order_by("-given_at", "-pk")
        return min(found, key=lambda consent: consent.pk != own, default=None)


@pghistory.track()
class Consent(models.Model):
    """Who allows what to be passed on, on which basis, since when. One detail, one yes."""

    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="consents", verbose_name="guichet")
    person = models.ForeignKey(
        "directory.Person", models.PROTECT, related_name="consents", verbose_name="interlocuteur"
    )
    gives_name = models.BooleanField("le nom", default=False)
    gives_phone = models.BooleanField("le téléphone", default=False)
    gives_email = models.BooleanField("le courriel", default=False)
    reach = models.CharField("portée", max_length=8, choices=Reach, default=Reach.CASE)
    basis = models.CharField("fondement", max_length=6, choices=Basis)
    wording_version = models.PositiveSmallIntegerField("version du texte lu", default=1)
    interaction = models.ForeignKey(
        "desk.Interaction", models.PROTECT, related_name="consents", null=True, blank=True, verbose_name="contact"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name="noté par"
    )
    given_at = models.DateTimeField("donné le", default=clock.now)
    valid_until = models.DateTimeField("valable jusqu’au", null=True, blank=True)
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = "accord"
        constraints = [
            models.CheckConstraint(
                name="consent_gives_something",
                condition=Q(gives_name=True) | Q(gives_phone=True) | Q(gives_email=True),
                violation_error_message="Un accord porte au moins sur le nom, le téléphone ou le courriel.",
            ),
            models.CheckConstraint(
                name="consent_oral_has_a_witness",
                condition=~Q(basis=Basis.ORAL) | Q(recorded_by__isnull=False),
                violation_error_message="Un accord oral dit qui l’a entendu.",
            ),
        ]

    def __str__(self) -> str:
        return f"accord de {self.person}"

    @property
    def details(self) -> frozenset[str]:
        """What may be passed on: among « name », « phone », « email »."""
        return frozenset(detail for detail in ("name", "phone", "email") if getattr(self, f"gives_{detail}"))

    @property
    def said(self) -> str:
        """« le nom et le téléphone »."""
        words = {"name": "le nom", "phone": "le téléphone", "email": "le courriel"}
        return french.listed(word for detail, word in words.items() if detail in self.details)

    @property
    def is_live(self) -> bool:
        return self.withdrawn_at is None and (self.valid_until is None or self.valid_until > clock.now())


def live_consent_of(person: Person | None, case: Case | None = None) -> Consent | None:
    """May this person's details be passed on for this case, and which? None: nobody asked, or it was taken back."""
    return Consent.objects.of_person(person, case) if person else None
