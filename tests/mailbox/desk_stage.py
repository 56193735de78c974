"""Mails on the desk of Lille, made of real bytes by the real rules."""

import hashlib
from email.message import EmailMessage
from io import BytesIO

from PIL import Image

from callcare.core import clock
from callcare.core.deeds import deed
from callcare.desk.actions import log_interaction
from callcare.desk.enums import InteractionChannel
from callcare.directory.writers import who_write
from callcare.mailbox.actions.answering import answer
from callcare.mailbox.enums import MailKind, ParseState, ProposalReason, ScanState
from callcare.mailbox.models import Attachment, Mail, Mailbox, Proposal, RawMail, Thread
from callcare.mailbox.rules.reading import read
from callcare.mailbox.rules.readings import Ours
from tests import cast

TEXT = """Bonjour,

Nous cherchons 12 ordinateurs portables à Roubaix avant fin juin.
Merci d'avance.

--\x20
Claire Delattre
Atelier du Canal

Le lun. 2 mars 2026 à 10:00, Guichet <lille@call-care.test> a écrit :
> Que vous faut-il ?
"""


def eml(
    *, text: str = TEXT, subject: str = "Des ordinateurs", sender: str = "Claire Delattre <claire@canal.test>",
    message_id: str = "<m1@canal.test>", html: str = "", files: tuple[tuple[str, str, bytes], ...] = (), **headers: str
) -> bytes:  # fmt: skip
    """The bytes of a mail as a server gives them."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "lille@call-care.test", subject
    message["Date"] = "Mon, 02 Mar 2026 10:00:00 +0100"
    if message_id:
        message["Message-ID"] = message_id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, kind, data in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def box() -> Mailbox:
    known = Mailbox.objects.filter(address="lille@call-care.test").first()
    if known:
        return known
    with deed(cast.CastVerb.ENTERS, by=None):
        return Mailbox.objects.create(
            desk=cast.lille_desk(), address="lille@call-care.test", host="127.0.0.1", login="lille"
        )


def arrived(raw: bytes | None = None, *, thread: Thread | None = None, **over: object) -> Mail:
    """A mail that was fetched, read, threaded, and is a contact where a person wrote it."""
    raw = eml() if raw is None else raw
    digest = hashlib.sha256(raw).hexdigest()
    if known := Mail.objects.filter(raw__sha256=digest).first():
        return known
    ours = Ours(domain="call-care.test", is_signed=lambda _: False)
    said = read(raw, ours)
    desk, at = cast.lille_desk(), over.pop("received_at", None) or clock.now()
    with deed(cast.CastVerb.ENTERS, by=None):
        stored = RawMail.objects.create(
            mailbox=box(), uidvalidity=1, uid=RawMail.objects.count() + 1, raw=raw, size=len(raw), sha256=digest,
            parse_state=ParseState.DONE,
        )  # fmt: skip
        thread = thread or Thread.objects.create(desk=desk, subject=said.subject, last_at=at)
        facts = {
            "kind": MailKind(str(said.kind)), "read_kind": MailKind(str(said.kind)), "why": said.why,
            "message_id": said.message_id, "in_reply_to": list(said.in_reply_to), "references": list(said.references),
            "from_name": said.from_.name, "from_address": said.from_.address,
            "reply_to": said.reply_to.address if said.reply_to else "", "to": [vars(one) for one in said.to],
            "cc": [vars(one) for one in said.cc], "subject": said.subject, "text": said.text, "html": said.html,
            "folds": [{"start": f.start, "end": f.end, "kind": str(f.kind)} for f in said.folds],
            "wants_no_reply": said.wants_no_reply, "warnings": list(said.warnings), "received_at": at,
        } | over  # fmt: skip
        if facts["kind"] == MailKind.HUMAN and "interaction" not in facts:
            one = who_write([said.from_.address]).get(said.from_.address)
            facts["interaction"] = log_interaction(
                by=None, desk=desk, channel=InteractionChannel.MAIL, raw_identity=said.from_.address, started_at=at,
                organisation=one.organisation if one else None, person=one.person if one else None,
                external_id=f"raw:{stored.pk}",
            )  # fmt: skip
        mail = Mail.objects.create(desk=desk, raw=stored, thread=thread, **facts)
        for part in said.parts:
            Attachment.objects.create(
                mail=mail, number=part.number, name=part.name, declared_type=part.declared_type,
                found_type=part.found_type, size=part.size, is_inline=part.is_inline, content_id=part.content_id,
                warning=part.warning,
            )  # fmt: skip
    return mail


def newsletter() -> Mail:
    """A mail of a machine."""
    raw = eml(sender="Lettre <lettre@asso.test>", subject="La lettre de mars", message_id="<n@asso.test>",
              List_Id="lettre.asso.test", text="Les nouvelles de mars.")  # fmt: skip
    return arrived(raw)


def photo() -> bytes:
    """A small JPEG that says where it was taken."""
    image = Image.new("RGB", (60, 40), "teal")
    exif = Image.Exif()
    exif[0x010E] = "prise au 12 rue des Lilas"
    out = BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def with_photo() -> Mail:
    return arrived(eml(message_id="<p@canal.test>", subject="La photo", files=(("photo.jpg", "image/jpeg", photo()),)))


def attachment() -> Attachment:
    return with_photo().attachments.get()


def formatted() -> Mail:
    return arrived(eml(message_id="<h@canal.test>", subject="En couleurs", html="<p>Bonjour</p>"))


def clean_attachment() -> Attachment:
    """One that the scanner saw."""
    raw = eml(message_id="<ok@canal.test>", subject="Le plan", files=(("plan.txt", "text/plain", b"Le plan"),))
    piece = arrived(raw).attachments.get()
    with deed(cast.CastVerb.ENTERS, by=None):
        Attachment.objects.filter(pk=piece.pk).update(scan=ScanState.CLEAN, scanned_at=clock.now())
    piece.refresh_from_db()
    return piece


def an_answer() -> tuple[object, ...]:
    """The address of an answer that has not left."""
    mail = arrived(eml(message_id="<r@canal.test>", subject="Une question"))
    known = mail.answers.first()
    known = known or answer(mail, by=cast.marion(), to="claire@canal.test", subject="Re : x", body="Oui.", seen=0)
    return (known.letter.ref,)


def a_pair() -> tuple[str, str]:
    """Two threads that may be one."""
    one = arrived(eml(message_id="<pair1@canal.test>", text="Un")).thread
    other = arrived(eml(message_id="<pair2@canal.test>", text="Deux")).thread
    with deed(cast.CastVerb.ENTERS, by=None):
        Proposal.objects.get_or_create(thread=other, other=one, defaults={"reason": ProposalReason.SENDER})
    return (other.ref, one.ref)
