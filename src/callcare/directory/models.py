"""Who we know: organisations, the persons who speak for them, and how to reach them."""

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from callcare.core import clock
from callcare.core.edits import Versioned
from callcare.core.fields import RefField
from callcare.directory.enums import Certainty, ChannelKind, ChannelUse, OrganisationKind, Rights


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def live(self) -> Self:
        """Those that were not merged into another."""
        return self.filter(merged_into=None)


@pghistory.track()
class Organisation(Versioned):
    """A body that needs or gives. Shared by all desks."""

    ref = RefField("O", unique=True)
    name = models.CharField("nom", max_length=200)
    search_name = models.CharField("nom cherché", max_length=200, editable=False)
    kind = models.CharField("nature", max_length=16, choices=OrganisationKind)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    rna = models.CharField("numéro RNA", max_length=10, blank=True)
    commune = models.ForeignKey(
        "territories.Territory", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="commune"
    )
    address = models.CharField("adresse", max_length=200, blank=True)
    website = models.URLField("site", blank=True)
    networks = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name="réseaux")
    description = models.TextField("description", blank=True)
    source = models.CharField("source", max_length=80, blank=True)
    verified_at = models.DateTimeField("vérifiée le", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="merged",
        null=True,
        blank=True,
        editable=False,
        verbose_name="fondue dans",
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "organisation"
        constraints = [
            models.UniqueConstraint(
                fields=["siret"],
                condition=~Q(siret="") & Q(merged_into__isnull=True),
                name="organisation_siret_once",
                violation_error_message="Une organisation porte déjà ce SIRET.",
            ),
            models.UniqueConstraint(
                fields=["rna"],
                condition=~Q(rna="") & Q(merged_into__isnull=True),
                name="organisation_rna_once",
                violation_error_message="Une association porte déjà ce numéro RNA.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Person(Versioned):
    """Somebody who speaks for an organisation; never somebody who is helped."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="people", verbose_name="organisation")
    first_name = models.CharField("prénom", max_length=60, blank=True)
    last_name = models.CharField("nom", max_length=80)
    role = models.CharField("fonction", max_length=80, blank=True)
    do_not_contact = models.BooleanField("ne pas solliciter", default=False)
    source = models.CharField("source", max_length=80, blank=True)
    left_on = models.DateField("partie le", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        related_name="merged",
        null=True,
        blank=True,
        editable=False,
        verbose_name="fondue dans",
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = "interlocuteur"

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@pghistory.track()
class Channel(models.Model):
    """A telephone number or an e-mail address, of a person or of an organisation, with its use and its source."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="channels", null=True, blank=True, verbose_name="organisation"
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="channels", null=True, blank=True, verbose_name="interlocuteur"
    )
    kind = models.CharField("nature", max_length=5, choices=ChannelKind)
    value = models.CharField("valeur", max_length=254, help_text="E.164, ou adresse en minuscules")
    raw = models.CharField("telle que donnée", max_length=254, blank=True)
    use = models.CharField("usage", max_length=11, choices=ChannelUse, default=ChannelUse.DIRECT)
    certainty = models.CharField("certitude", max_length=5, choices=Certainty, default=Certainty.KNOWN)
    is_public = models.BooleanField("publique", default=False)
    undeliverable_at = models.DateTimeField("injoignable depuis", null=True, blank=True)
    source = models.CharField("source", max_length=80, blank=True)
    last_seen_at = models.DateTimeField("vue le", null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = "coordonnée"
        constraints = [
            models.CheckConstraint(
                name="channel_has_one_owner",
                condition=Q(person__isnull=True, organisation__isnull=False)
                | Q(person__isnull=False, organisation__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["person", "organisation", "kind", "value"],
                nulls_distinct=False,
                name="channel_once",
                violation_error_message="Cette coordonnée est déjà notée.",
            ),
        ]
        indexes = [models.Index(fields=["kind", "value"], name="channel_value")]

    def __str__(self) -> str:
        return self.value


@pghistory.track()
class Membership(models.Model):
    """The right of an account to act for an organisation."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", verbose_name="compte"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name="organisation"
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", null=True, blank=True)
    rights = models.CharField("droits", max_length=6, choices=Rights, default=Rights.WRITE)

    class Meta:
        verbose_name = "rattachement"
        constraints = [models.UniqueConstraint(fields=["user", "organisation"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} pour {self.organisation}"


@pghistory.track()
class MergeRecord(models.Model):
    """What a merge moved, so that it can be undone for thirty days."""

    kind = models.CharField("nature", max_length=12)
    kept_id = models.PositiveBigIntegerField()
    merged_id = models.PositiveBigIntegerField()
    moved = models.JSONField("déplacé", default=list)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    undo_until = models.DateTimeField("annulable jusqu’au")
    undone_at = models.DateTimeField("défaite le", null=True, blank=True)

    class Meta:
        verbose_name = "fusion"

    def __str__(self) -> str:
        return f"fusion n° {self.pk}"
