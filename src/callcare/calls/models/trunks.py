"""How a desk is connected to a telephone provider."""

import hashlib
import hmac
import secrets
from datetime import datetime
from functools import cached_property
from typing import Self

import pghistory
from django.conf import settings as house
from django.db import models
from django.db.models.functions import Lower

from callcare.accounts.models import User
from callcare.calls.enums import Provider
from callcare.calls.rules.adapters import ADAPTERS, Adapter
from callcare.core import clock
from callcare.core.sealed import unseal


def digest_of(secret: str) -> bytes:
    """What is kept of a secret: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def new_secret() -> str:
    return secrets.token_urlsafe(32)


class TrunkQuerySet(models.QuerySet["Trunk"]):
    def visible_to(self, user: User) -> Self:
        """Administrators connect the desks; an operator sees how her own is connected."""
        return self if user.is_admin else self.filter(desk__operators=user) if user.is_operator else self.none()


@pghistory.track(exclude=["secret_digest", "previous_digest", "sealed", "heard_at", "trouble", "trouble_at"])
class Trunk(models.Model):
    """A « raccordement »: the address at which one provider tells one desk what its telephone does."""

    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="trunks", verbose_name="guichet")
    slug = models.SlugField("identifiant", unique=True)
    name = models.CharField("nom", max_length=80)
    provider = models.CharField("opérateur téléphonique", max_length=12, choices=Provider, default=Provider.GENERIC)
    options = models.JSONField("réglages", default=dict, blank=True)
    sealed = models.BinaryField("réglages secrets", default=bytes, blank=True)
    secret_digest = models.BinaryField("empreinte du secret", max_length=32)
    previous_digest = models.BinaryField("empreinte du secret précédent", max_length=32, null=True, blank=True)
    previous_until = models.DateTimeField("secret précédent accepté jusqu’au", null=True, blank=True)
    is_enabled = models.BooleanField("en service", default=True)
    heard_at = models.DateTimeField("dernier évènement le", null=True, blank=True)
    trouble = models.CharField("ce qui empêche d’entendre", max_length=200, blank=True)
    trouble_at = models.DateTimeField("depuis", null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = TrunkQuerySet.as_manager()

    class Meta:
        verbose_name = "raccordement"

    def __str__(self) -> str:
        return self.name

    def opens_with(self, secret: str, *, at: datetime) -> bool:
        """Does this secret open the door: today's, or the one before while it is still accepted? In constant time."""
        given = digest_of(secret)
        now = hmac.compare_digest(given, bytes(self.secret_digest))
        before = self.previous_digest is not None and hmac.compare_digest(given, bytes(self.previous_digest))
        return now or (before and self.previous_until is not None and at < self.previous_until)

    @cached_property
    def settings(self) -> dict[str, str]:
        """What the adapter needs to read and to check requests, its secrets among it. Never shown."""
        return {**self.options, **unseal(bytes(self.sealed))}

    @property
    def adapter(self) -> Adapter:
        return ADAPTERS[self.provider]


@pghistory.track()
class Extension(models.Model):
    """A « poste »: the name a provider has for an operator — extension, login, e-mail address or id."""

    trunk = models.ForeignKey(Trunk, models.CASCADE, related_name="extensions", verbose_name="raccordement")
    operator = models.ForeignKey(
        house.AUTH_USER_MODEL, models.PROTECT, related_name="extensions", verbose_name="opératrice"
    )
    value = models.CharField("poste ou identifiant", max_length=120)

    class Meta:
        verbose_name = "poste"
        constraints = [
            models.UniqueConstraint(
                "trunk",
                Lower("value"),
                name="extension_once",
                violation_error_message="Ce poste est déjà celui de quelqu’un.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.value} ({self.operator})"
