"""What may be done with an attachment: scan it, and open the original of one that nobody scanned, for a reason."""

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk.permissions import keeps
from callcare.mailbox import clamav
from callcare.mailbox.enums import MailboxVerb, ScanState
from callcare.mailbox.models import Attachment
from callcare.mailbox.rules.reading import part_bytes

AT_ONCE = 50
LARGEST = 20_000_000


def content(attachment: Attachment) -> bytes:
    """The bytes of an attachment, from the mail as it came; none once that was emptied, or where it is too big."""
    return part_bytes(bytes(attachment.mail.raw.raw), attachment.number) if attachment.size <= LARGEST else b""


def scan_attachments() -> int:
    """Have the scanner look at what it has not seen, oldest first; stops when the scanner is away."""
    if not clamav.is_named():
        return 0
    rows = Attachment.objects.filter(scan=ScanState.UNSCANNED).select_related("mail__raw").order_by("pk")[:AT_ONCE]
    done = 0
    for attachment in rows:
        try:
            _scan(attachment)
        except clamav.NoScanner:
            break
        done += 1
    return done


def _scan(attachment: Attachment) -> None:
    data = content(attachment)
    if data or not attachment.size:
        verdict = clamav.scan(data)
    else:
        verdict = clamav.Verdict(ScanState.FAILED, "trop volumineuse pour être analysée")
    with deed(MailboxVerb.ATTACHMENT_SCANNED, by=None):
        here = Attachment.objects.filter(pk=attachment.pk, scan=ScanState.UNSCANNED)
        here.update(scan=verdict.state, scan_said=verdict.said, scanned_at=clock.now())


def open_original(attachment: Attachment, *, by: User, because: str) -> bytes:
    """The bytes of an attachment nobody could scan, for a reason that stays in its history.

    Raises Refused for an infected one, whatever the reason.
    """
    with deed(MailboxVerb.ATTACHMENT_OPENED, by=by, because=because):
        if not keeps(by, attachment.mail.desk):
            raise Refused("Cette pièce jointe n’est pas de votre guichet.")
        if not because.strip():
            raise Refused("Dites pourquoi : c’est noté dans l’historique.")
        safe = Attachment.objects.filter(pk=attachment.pk).exclude(scan=ScanState.INFECTED)
        if not safe.update(opened_at=clock.now()):
            raise Refused("Cette pièce jointe est infectée : elle ne s’ouvre pas.")
    return content(attachment)
