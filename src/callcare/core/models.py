"""Rows without a word of the trade: the deed's name, personal links."""

import hashlib
import secrets
from datetime import datetime
from typing import Self

import pghistory
import pgtrigger
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from pghistory.models import Context

from callcare.core import clock
from callcare.core.enums import LinkPurpose


class DeedName(Context):
    """The line that names a deed: verb, actor, reason. Written once by the database, never changed."""

    class Meta:
        proxy = True
        verbose_name = "acte"
        triggers = [pgtrigger.Protect(name="kept_for_ever", operation=pgtrigger.Update | pgtrigger.Delete)]


class LinkQuerySet(models.QuerySet["Link"]):
    def of_thing(self, thing: models.Model) -> Self:
        """Every link about this thing, live or not."""
        return self.filter(subject_type=ContentType.objects.get_for_model(thing), subject_id=thing.pk)

    def known_by(self, token: str, purpose: LinkPurpose) -> "Link | None":
        """The link of this token, also lapsed, used or revoked: its page says what to do instead."""
        return self.filter(digest=hashlib.sha256(token.encode()).digest(), purpose=purpose).first()

    def opened_by(self, token: str, purpose: LinkPurpose) -> "Link | None":
        """The live link this token opens, or None. Reading changes nothing: mail scanners follow links too."""
        digest = hashlib.sha256(token.encode()).digest()
        return self.filter(digest=digest, purpose=purpose, expires_at__gt=clock.now(), revoked_at=None).first()


@pghistory.track()
class Link(models.Model):
    """A page opened without an account, by whoever holds the token. Only the token's digest is kept."""

    purpose = models.CharField("usage", max_length=8, choices=LinkPurpose)
    subject_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    side = models.CharField("côté", max_length=5)
    digest = models.BinaryField(unique=True, max_length=32)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField("valable jusqu’au")
    used_at = models.DateTimeField("utilisé le", null=True, blank=True)
    revoked_at = models.DateTimeField("révoqué le", null=True, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = "lien personnel"
        verbose_name_plural = "liens personnels"

    def __str__(self) -> str:
        return f"lien personnel n° {self.pk}"

    @classmethod
    def issue(cls, *, purpose: LinkPurpose, subject: models.Model, side: str, expires_at: datetime) -> str:
        """Open a link inside the deed under way; return the token, which is written nowhere else than the letter."""
        token = secrets.token_urlsafe(24)
        cls.objects.create(
            purpose=purpose,
            subject_type=ContentType.objects.get_for_model(subject),
            subject_id=subject.pk,
            side=side,
            digest=hashlib.sha256(token.encode()).digest(),
            expires_at=expires_at,
        )
        return token
