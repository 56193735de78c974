"""Mails as they were understood. Each can be understood again from its bytes."""

from typing import Self

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.fields import RefField
from callcare.desk.models import desk_keys
from callcare.mailbox.enums import MailKind, ScanState, ThreadedBy
from callcare.mailbox.rules.attachments import in_french

READ = [
    "why", "message_id", "in_reply_to", "references", "from_name", "reply_to", "to", "cc", "subject", "text", "html",
    "folds", "charset", "warnings", "failures", "body_digest", "sent_at",
]  # fmt: skip  # derived from the bytes: the history need not copy them


class MailQuerySet(models.QuerySet["Mail"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(desk__in=desk_keys(user)) if user.is_operator else self.none()

    def of_people(self) -> Self:
        """What somebody waits for an answer to, an unreadable mail among it."""
        return self.filter(kind=MailKind.HUMAN, copy_of=None)


@pghistory.track(exclude=READ)
class Mail(models.Model):
    """One mail that reached a desk. A copy of a known one is linked to it and not shown."""

    ref = RefField("L", unique=True)
    desk = models.ForeignKey("desk.Desk", models.PROTECT, related_name="mails", verbose_name="guichet")
    raw = models.OneToOneField("mailbox.RawMail", models.PROTECT, related_name="mail", verbose_name="octets")
    thread = models.ForeignKey("mailbox.Thread", models.PROTECT, related_name="mails", verbose_name="fil")
    threaded_by = models.CharField("rattaché parce qu’il", max_length=8, choices=ThreadedBy, default=ThreadedBy.NEW)
    interaction = models.OneToOneField(
        "desk.Interaction", models.PROTECT, related_name="mail", null=True, blank=True, verbose_name="contact"
    )
    copy_of = models.ForeignKey(
        "self", models.PROTECT, related_name="copies", null=True, blank=True, verbose_name="copie de"
    )
    kind = models.CharField("nature", max_length=10, choices=MailKind, default=MailKind.HUMAN)
    read_kind = models.CharField("nature lue", max_length=10, choices=MailKind, default=MailKind.HUMAN)
    why = models.CharField("parce que", max_length=200, blank=True)
    is_readable = models.BooleanField("lisible", default=True)
    is_verified = models.BooleanField("expéditeur vérifié", null=True, blank=True)
    wants_no_reply = models.BooleanField("ne veut pas d’accusé", default=False)
    message_id = models.CharField("identifiant", max_length=400, blank=True)
    in_reply_to = ArrayField(models.CharField(max_length=400), default=list, blank=True, verbose_name="en réponse à")
    references = ArrayField(models.CharField(max_length=400), default=list, blank=True, verbose_name="à la suite de")
    from_name = models.CharField("nom de l’expéditeur", max_length=200, blank=True)
    from_address = models.CharField("expéditeur", max_length=254, blank=True)
    reply_to = models.CharField("répondre à", max_length=254, blank=True)
    to = models.JSONField("à", default=list, blank=True)
    cc = models.JSONField("copie à", default=list, blank=True)
    subject = models.CharField("objet", max_length=300, blank=True)
    sent_at = models.DateTimeField("envoyé le", null=True, blank=True)
    received_at = models.DateTimeField("reçu le", default=clock.now)
    text = models.TextField("texte", blank=True)
    html = models.TextField("texte mis en forme", blank=True)
    folds = models.JSONField("parties repliées", default=list, blank=True)
    charset = models.CharField("jeu de caractères", max_length=40, blank=True)
    warnings = models.JSONField("remarques", default=list, blank=True)
    failures = models.JSONField("échecs de remise", default=list, blank=True)
    body_digest = models.CharField("empreinte du contenu", max_length=64, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = "courriel"
        constraints = [
            models.CheckConstraint(
                name="mail_not_copy_of_itself", condition=Q(copy_of__isnull=True) | ~Q(copy_of=F("id"))
            ),
            models.CheckConstraint(
                name="mail_copy_is_no_contact", condition=Q(copy_of__isnull=True) | Q(interaction__isnull=True)
            ),
        ]
        indexes = [
            models.Index(fields=["desk", "-received_at", "-id"], include=["kind"], name="mail_arrivals"),
            models.Index(fields=["desk", "kind", "-received_at", "-id"], condition=Q(copy_of=None), name="mail_kinds"),
            models.Index(fields=["message_id"], condition=~Q(message_id=""), name="mail_by_id"),
            GinIndex(fields=["in_reply_to"], name="mail_answers"),
            GinIndex(fields=["references"], name="mail_follows"),
            models.Index(fields=["thread", "received_at"], name="mail_of_thread"),
            models.Index(fields=["desk", "from_address", "-received_at"], name="mail_of_sender"),
        ]

    def __str__(self) -> str:
        return self.subject or "(sans objet)"

    @property
    def answer_address(self) -> str:
        """Where an answer goes: where the sender asked for it, else to the sender."""
        return self.reply_to or self.from_address


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(mail__desk__in=desk_keys(user)) if user.is_operator else self.none()


@pghistory.track()
class Attachment(models.Model):
    """A « pièce jointe »: its bytes stay in the raw mail; here is what may be done with it."""

    ref = RefField("J", unique=True)
    mail = models.ForeignKey(Mail, models.PROTECT, related_name="attachments", verbose_name="courriel")
    number = models.PositiveSmallIntegerField("partie")
    name = models.CharField("nom", max_length=200)
    declared_type = models.CharField("type annoncé", max_length=120, blank=True)
    found_type = models.CharField("type reconnu", max_length=120, blank=True)
    size = models.PositiveIntegerField("taille", default=0)
    is_inline = models.BooleanField("dans le texte", default=False)
    content_id = models.CharField("identifiant", max_length=200, blank=True)
    warning = models.CharField("mise en garde", max_length=200, blank=True)
    scan = models.CharField("analyse", max_length=9, choices=ScanState, default=ScanState.UNSCANNED)
    scan_said = models.CharField("résultat de l’analyse", max_length=200, blank=True)
    scanned_at = models.DateTimeField("analysée le", null=True, blank=True)
    opened_at = models.DateTimeField("original ouvert le", null=True, blank=True)  # unscanned, for a reason said

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "pièce jointe"
        constraints = [
            models.UniqueConstraint(fields=["mail", "number"], name="attachment_once"),
            models.CheckConstraint(
                name="attachment_scanned_iff_said",
                condition=Q(scan=ScanState.UNSCANNED, scanned_at__isnull=True)
                | (~Q(scan=ScanState.UNSCANNED) & Q(scanned_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(scan="unscanned"), name="attachment_to_scan"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def said_type(self) -> str:
        """What it is, in French; "" where its bytes do not tell."""
        return in_french(self.found_type)
