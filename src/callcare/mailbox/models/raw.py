"""What arrived, byte for byte, before anybody understood it."""

import pgtrigger
from django.db import models
from django.db.models import Q

from callcare.core import clock
from callcare.mailbox.enums import ParseState


class RawMail(models.Model):
    """One mail as the server gave it. Its own history: only how far it was read changes, and its bytes are emptied."""

    mailbox = models.ForeignKey("mailbox.Mailbox", models.PROTECT, related_name="raw_mails", verbose_name="boîte")
    uidvalidity = models.BigIntegerField("validité des numéros")
    uid = models.BigIntegerField("numéro")
    raw = models.BinaryField("octets")
    size = models.PositiveIntegerField("taille")
    sha256 = models.CharField("empreinte", max_length=64)
    internal_date = models.DateTimeField("reçu par le serveur le", null=True, blank=True)
    received_at = models.DateTimeField("relevé le", default=clock.now)
    emptied_at = models.DateTimeField("vidé le", null=True, blank=True)
    parse_state = models.CharField("lecture", max_length=10, choices=ParseState, default=ParseState.PENDING)
    parse_error = models.CharField("erreur de lecture", max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    next_try_at = models.DateTimeField("prochain essai", default=clock.now)

    class Meta:
        verbose_name = "courriel reçu"
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "uidvalidity", "uid"], name="raw_mail_once"),
        ]
        indexes = [
            # Partial, on the work state: a full index lets the queue fall behind under load.
            models.Index(fields=["id"], condition=Q(parse_state="pending"), name="raw_mail_pending"),
            models.Index(fields=["mailbox", "sha256"], name="raw_mail_copies"),
            models.Index(fields=["mailbox", "-received_at"], name="raw_mail_arrivals"),
        ]
        triggers = [
            pgtrigger.Protect(name="raw_mail_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="raw_mail_as_received",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF (NEW.mailbox_id, NEW.uidvalidity, NEW.uid, NEW.size, NEW.sha256, NEW.received_at)
                        IS DISTINCT FROM (OLD.mailbox_id, OLD.uidvalidity, OLD.uid, OLD.size, OLD.sha256, OLD.received_at)
                    OR (NEW.emptied_at IS NULL AND NEW.raw IS DISTINCT FROM OLD.raw)
                    OR (NEW.emptied_at IS NOT NULL AND length(NEW.raw) > 0)
                    THEN
                        RAISE EXCEPTION 'what was received does not change' USING ERRCODE = 'check_violation', CONSTRAINT = 'raw_mail_as_received';
                    END IF;
                    RETURN NEW;
                """,  # noqa: E501
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailbox_id}:{self.uid}"
