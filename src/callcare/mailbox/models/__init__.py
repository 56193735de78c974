"""The rows of the mailbox. Import them from here."""

from callcare.mailbox.models.answers import Answer, AnswerQuerySet
from callcare.mailbox.models.boxes import Mailbox, MailboxQuerySet
from callcare.mailbox.models.mails import Attachment, AttachmentQuerySet, Mail, MailQuerySet
from callcare.mailbox.models.raw import RawMail
from callcare.mailbox.models.threads import Proposal, Thread, ThreadQuerySet

__all__ = [
    "Answer",
    "AnswerQuerySet",
    "Attachment",
    "AttachmentQuerySet",
    "Mail",
    "MailQuerySet",
    "Mailbox",
    "MailboxQuerySet",
    "Proposal",
    "RawMail",
    "Thread",
    "ThreadQuerySet",
]
