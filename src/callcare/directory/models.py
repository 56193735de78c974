"""Who we know: organisations, the persons who speak for them, and how to reach them."""

from collections.abc import Iterable
from typing import Any, Self

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Upper

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.edits import Versioned
from callcare.core.fields import RefField
from callcare.directory import triggers
from callcare.directory.enums import Certainty, ChannelKind, ChannelUse, OrganisationKind, Rights


def _words_of(column: str, **kind: Any) -> Func:
    """The expression both the index and the search use; they must be written alike to meet."""
    return Func(Value("simple"), F(column), function="to_tsvector", **kind)


def _heads_of(column: str) -> Func:
    """The words of a column and their first letters: a key of the index for each beginning up to eight letters."""
    return Func(F(column), function="directory_heads")


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def live(self) -> Self:
        """Those that were not merged into another."""
        return self.filter(merged_into=None)

    def visible_to(self, user: User) -> Self:
        """The directory is shared by all desks and by who steers the collective; a partner sees her own."""
        if user.is_operator or user.is_steward:
            return self
        return self.filter(memberships__user=user).distinct() if user.is_partner else self.none()

    def for_list(self) -> Self:
        return self.select_related("commune__departement").order_by("search_name", "pk")

    def with_words(self, words: Iterable[str]) -> Self:
        """Those whose name, initials or commune hold words beginning with each of these (folded) words."""
        asked = " & ".join(f"{word}:*" for word in words)
        query = SearchQuery(asked, config="simple", search_type="raw")
        return (
            self.alias(words=_words_of("search_text", output_field=SearchVectorField())).filter(words=query)
            if asked
            else self
        )


@pghistory.track(exclude=["search_name", "search_text"])
class Organisation(Versioned):
    """A body that needs or gives. Shared by all desks."""

    ref = RefField("O", unique=True)
    name = models.CharField("nom", max_length=200)
    search_name = models.TextField("nom cherché", default="", editable=False)
    search_text = models.TextField("texte cherché", default="", editable=False)
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
            models.CheckConstraint(
                name="organisation_siret_spelled",
                condition=Q(siret="") | Q(siret__regex=r"^\d{14}$"),
                violation_error_message="Un SIRET a 14 chiffres.",
            ),
            models.CheckConstraint(
                name="organisation_siren_spelled",
                condition=Q(siren="") | Q(siren__regex=r"^\d{9}$"),
                violation_error_message="Un SIREN a 9 chiffres.",
            ),
            models.CheckConstraint(
                name="organisation_siret_of_siren",
                condition=Q(siret="") | Q(siren="") | Q(siret__startswith=F("siren")),
                violation_error_message="Le SIRET commence par les 9 chiffres du SIREN.",
            ),
            models.CheckConstraint(
                name="organisation_rna_spelled",
                condition=Q(rna="") | Q(rna__regex=r"^W\d[0-9AB]\d{7}$"),
                violation_error_message="Un numéro RNA est la lettre W suivie de 9 chiffres.",
            ),
            models.CheckConstraint(
                name="organisation_not_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                violation_error_message="Une fiche ne se fond pas dans elle-même.",
            ),
        ]
        indexes = [
            GinIndex(_words_of("search_text"), name="organisation_words"),
            GinIndex(_heads_of("search_text"), name="organisation_heads"),
            GinIndex(OpClass(F("search_name"), name="gin_trgm_ops"), name="organisation_likeness"),
            models.Index(OpClass(F("search_name"), name="text_pattern_ops"), name="organisation_begins"),
            models.Index(
                fields=["search_name", "id"], condition=Q(merged_into__isnull=True), name="organisation_alphabet"
            ),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="organisation_says"),
            models.Index(fields=["siren"], condition=~Q(siren=""), name="organisation_siren"),
            # The unique ones leave out merged rows, which searches must find too.
            models.Index(fields=["siret"], condition=~Q(siret=""), name="organisation_siret"),
            models.Index(fields=["rna"], condition=~Q(rna=""), name="organisation_rna"),
        ]
        triggers = triggers.OF_ORGANISATION

    def __str__(self) -> str:
        return self.name


class PersonQuerySet(models.QuerySet["Person"]):
    def live(self) -> Self:
        return self.filter(merged_into=None)

    def present(self) -> Self:
        """Those who still speak for their organisation."""
        return self.live().filter(left_on=None)

    def visible_to(self, user: User) -> Self:
        """Persons are the desks' business."""
        return self if user.is_operator else self.none()


@pghistory.track(exclude=["search_name"])
class Person(Versioned):
    """Somebody who speaks for an organisation; never somebody who is helped."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="people", verbose_name="organisation")
    first_name = models.CharField("prénom", max_length=60, blank=True)
    last_name = models.CharField("nom", max_length=80)
    search_name = models.TextField("nom cherché", default="", editable=False)
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

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "interlocuteur"
        constraints = [
            models.CheckConstraint(
                name="person_not_into_herself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                violation_error_message="Une fiche ne se fond pas dans elle-même.",
            ),
        ]
        indexes = [GinIndex(_heads_of("search_name"), name="person_heads")]
        triggers = triggers.OF_PERSON

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class ChannelQuerySet(models.QuerySet["Channel"]):
    def in_use(self) -> Self:
        """Not retired."""
        return self.exclude(use=ChannelUse.FORMER)

    def visible_to(self, user: User) -> Self:
        return self if user.is_operator else self.none()


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

    objects = ChannelQuerySet.as_manager()

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
            models.CheckConstraint(
                name="channel_value_spelled",
                condition=Q(kind=ChannelKind.PHONE, value__regex=r"^(\+[1-9]\d{4,14}|\d{2,6})$")
                | Q(kind=ChannelKind.EMAIL, value__regex=r"^[^[:space:][:upper:]@]+@[^[:space:][:upper:]@]+$"),
                violation_error_message="Cette coordonnée n’est pas écrite comme il faut.",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "value"], name="channel_value"),
            models.Index(OpClass(F("value"), name="text_pattern_ops"), name="channel_begins"),
            models.Index(
                Func(F("value"), Value("@"), Value(2), function="split_part"),
                condition=Q(kind=ChannelKind.EMAIL),
                name="channel_domain",
            ),
        ]
        triggers = triggers.OF_CHANNEL

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
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                name="membership_once",
                violation_error_message="Ce compte est déjà rattaché à cette organisation.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} pour {self.organisation}"


@pghistory.track()
class MergeRecord(models.Model):
    """What a merge moved, so that it can be undone for thirty days."""

    kind = models.CharField("nature", max_length=12)
    kept_id = models.PositiveBigIntegerField()
    merged_id = models.PositiveBigIntegerField()
    moved = models.JSONField("déplacé", default=list, encoder=DjangoJSONEncoder)
    made_at = models.DateTimeField(default=clock.now, editable=False)
    undo_until = models.DateTimeField("annulable jusqu’au")
    undone_at = models.DateTimeField("défaite le", null=True, blank=True)

    class Meta:
        verbose_name = "fusion"

    def __str__(self) -> str:
        return f"fusion n° {self.pk}"


class Spelling(models.Model):
    """The beginnings of all known words, under what a slip of the finger makes of them.

    Filled by the database when a name is kept, read only when a search finds nothing. A cache: it may hold a line
    twice (nobody waits for anybody to write it), is not tracked, and nothing points to it.
    """

    key = models.CharField("clé", max_length=8)
    prefix = models.CharField("début de mot", max_length=8)

    class Meta:
        verbose_name = "graphie"
        indexes = [models.Index(fields=["key"], include=["prefix"], name="spelling_key")]

    def __str__(self) -> str:
        return f"{self.key} → {self.prefix}"


class ProbablePair(models.Model):
    """Two organisations that may be one, and why; the smaller key first. Computed: `duplicates.keep_pairs`.

    Keys without constraint: a merge moves what points to an organisation, and these are compared anew instead.
    """

    one = models.PositiveBigIntegerField("une fiche")
    other = models.PositiveBigIntegerField("l’autre")
    reasons = ArrayField(models.CharField(max_length=40), verbose_name="ce qui les rapproche")
    weight = models.PositiveSmallIntegerField("poids")

    class Meta:
        verbose_name = "doublon probable"
        verbose_name_plural = "doublons probables"
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="probable_pair_once"),
            models.CheckConstraint(name="probable_pair_in_order", condition=Q(one__lt=F("other"))),
        ]
        indexes = [
            models.Index(fields=["other"], name="probable_pair_other"),
            models.Index(F("weight").desc(), F("one"), F("other"), name="probable_pair_likeliest"),
        ]

    def __str__(self) -> str:
        return f"{self.one} et {self.other} : {', '.join(self.reasons)}"


class Unpaired(models.Model):
    """An organisation whose name, SIREN, commune or channels changed since its probable duplicates were looked for.

    Written by triggers only, in the transaction of the change; taken away by who compares anew. `commune` and `name`
    say which words went or came, and where: does that make one too common, or rare again, others are concerned.
    """

    organisation = models.PositiveBigIntegerField("fiche")
    commune = models.PositiveBigIntegerField("commune", null=True)
    name = models.TextField("mots changés")

    class Meta:
        verbose_name = "fiche à comparer"
        verbose_name_plural = "fiches à comparer"

    def __str__(self) -> str:
        return f"{self.organisation} {self.name}".strip()
