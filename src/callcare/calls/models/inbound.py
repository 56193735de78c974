"""What reached the door, byte for byte, before anybody understood it."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from callcare.calls.enums import ParseState, RefusalReason
from callcare.core import clock


class InboundEvent(models.Model):
    """One request of a provider. Its own history: nothing changes but how far it was read, and its body is emptied."""

    trunk = models.ForeignKey(
        "calls.Trunk", models.PROTECT, related_name="inbound", db_index=False, verbose_name="raccordement"
    )
    dedupe_key = models.CharField("clé", max_length=120)
    received_at = models.DateTimeField("reçu le", default=clock.now)
    method = models.CharField("méthode", max_length=8, default="POST")
    query = models.TextField("paramètres", blank=True)
    headers = models.JSONField("en-têtes", default=dict)
    body = models.BinaryField("corps", default=bytes)
    emptied_at = models.DateTimeField("vidé le", null=True, blank=True)
    parse_state = models.CharField("lecture", max_length=7, choices=ParseState, default=ParseState.PENDING)
    parse_error = models.CharField("erreur de lecture", max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField("essais", default=0)

    class Meta:
        verbose_name = "évènement reçu"
        constraints = [models.UniqueConstraint(fields=["trunk", "dedupe_key"], name="inbound_once")]
        indexes = [
            # Partial, on the work state: a full index lets the queue fall behind under load.
            models.Index(fields=["id"], condition=Q(parse_state="pending"), name="inbound_pending"),
            models.Index(fields=["trunk", "-received_at"], name="inbound_of_trunk"),
        ]
        triggers = [
            pgtrigger.Protect(name="inbound_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="inbound_as_received",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                # Most updates only note how far it was read: for them no function is called.
                condition=pgtrigger.AnyChange(
                    "trunk", "dedupe_key", "received_at", "method", "query", "headers", "body", "emptied_at"
                ),
                func="""
                    IF (NEW.trunk_id, NEW.dedupe_key, NEW.received_at, NEW.method)
                        IS DISTINCT FROM (OLD.trunk_id, OLD.dedupe_key, OLD.received_at, OLD.method)
                    OR (NEW.emptied_at IS NULL AND (NEW.body, NEW.query, NEW.headers) IS DISTINCT FROM (OLD.body, OLD.query, OLD.headers))
                    OR (NEW.emptied_at IS NOT NULL AND (length(NEW.body) > 0 OR NEW.query <> '' OR NEW.headers <> '{}'::jsonb))
                    THEN
                        RAISE EXCEPTION 'what was received does not change' USING ERRCODE = 'check_violation', CONSTRAINT = 'inbound_as_received';
                    END IF;
                    RETURN NEW;
                """,  # noqa: E501
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trunk_id}:{self.dedupe_key[:12]}"


class Refusal(models.Model):
    """How many requests the door turned away, by day and reason. Nothing of them is kept."""

    trunk = models.ForeignKey(
        "calls.Trunk", models.CASCADE, related_name="refusals", null=True, blank=True, verbose_name="raccordement"
    )
    day = models.DateField("jour")
    reason = models.CharField("raison", max_length=9, choices=RefusalReason)
    count = models.PositiveIntegerField("nombre", default=0)
    last_at = models.DateTimeField("le dernier à", default=clock.now)

    class Meta:
        verbose_name = "requête refusée"
        constraints = [
            models.UniqueConstraint(
                fields=["trunk", "day", "reason"], nulls_distinct=False, name="refusal_counted_once"
            )
        ]
        indexes = [models.Index(F("day").desc(), name="refusal_days")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} : {self.count}"
