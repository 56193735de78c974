"""Where a desk's mails arrive, and how the house goes and fetches them."""

from functools import cached_property
from typing import Self

import pghistory
from django.db import models
from django.db.models import Q

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.sealed import unseal
from callcare.desk.models import desk_keys
from callcare.mailbox.enums import Security


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    def visible_to(self, user: User) -> Self:
        """Administrators connect the desks; an operator sees how her own is connected."""
        if user.is_admin:
            return self
        return self.filter(desk__in=desk_keys(user)) if user.is_operator else self.none()


# What the worker writes at each scan is a state of the line, no deed: it stays out of the history.
@pghistory.track(
    exclude=["sealed", "uidvalidity", "last_uid", "connected_at", "heard_at", "arrived_at", "trouble", "trouble_at"]
)
class Mailbox(models.Model):
    """A « boîte aux lettres »: one address, on one IMAP server."""

    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="boxes", verbose_name="guichet")
    address = models.EmailField("adresse", unique=True)
    host = models.CharField("serveur", max_length=200)
    port = models.PositiveIntegerField("port", default=993)
    security = models.CharField("protection", max_length=8, choices=Security, default=Security.TLS)
    login = models.CharField("identifiant", max_length=200)
    sealed = models.BinaryField("mot de passe", default=bytes, blank=True)
    folder = models.CharField("dossier relevé", max_length=120, default="INBOX")
    treated = models.CharField("dossier des courriels relevés", max_length=120, blank=True)
    is_enabled = models.BooleanField("en service", default=True)
    uidvalidity = models.BigIntegerField("validité des numéros", null=True, blank=True, editable=False)
    last_uid = models.BigIntegerField("dernier numéro relevé", default=0, editable=False)
    connected_at = models.DateTimeField("raccordée le", default=clock.now, editable=False)
    heard_at = models.DateTimeField("dernier contact le", null=True, blank=True, editable=False)
    arrived_at = models.DateTimeField("dernier courriel le", null=True, blank=True, editable=False)
    trouble = models.CharField("ce qui empêche de relever", max_length=200, blank=True, editable=False)
    trouble_at = models.DateTimeField("depuis", null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        verbose_name = "boîte aux lettres"
        constraints = [
            models.CheckConstraint(
                name="mailbox_trouble_since",
                condition=Q(trouble="", trouble_at__isnull=True) | (~Q(trouble="") & Q(trouble_at__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return self.address

    @cached_property
    def password(self) -> str:
        """To open the line with. Never shown. Raises Unopened when the house's key has changed."""
        return unseal(bytes(self.sealed)).get("password", "")
