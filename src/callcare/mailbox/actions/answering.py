"""Answering a mail: the letter is written in the deed, waits half a minute, and can be held back until it leaves."""

from datetime import timedelta

from django.db.models import F

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk.actions import hold_letter, queue_letter
from callcare.desk.enums import InteractionState, MailManner
from callcare.desk.models import Interaction
from callcare.desk.permissions import keeps
from callcare.directory.enums import ChannelKind
from callcare.directory.models import Channel
from callcare.mailbox import mails
from callcare.mailbox.actions.reminding import answered
from callcare.mailbox.enums import MailboxVerb
from callcare.mailbox.models import Answer, Mail, Thread

UNDO_FOR = timedelta(seconds=30)
NOT_YOURS = "Ce courriel n’est pas de votre guichet."
MEANWHILE = (
    "Un courrier est parti de ce fil pendant que vous écriviez. Relisez-le plus bas : votre texte est gardé, "
    "et le bouton l’enverra si vous le voulez encore."
)


class ThreadMoved(Refused):
    """Somebody wrote in this thread since the form was shown; `sent` is what the next form must have seen."""

    def __init__(self, sent: int) -> None:
        super().__init__(MEANWHILE)
        self.sent = sent


def addresses_for(mail: Mail) -> list[str]:
    """Where an answer may go: where the sender asked for it, the sender, and what is noted for who is recognised."""
    known = [mail.answer_address, mail.from_address]
    contact = mail.interaction
    if contact and contact.organisation_id:
        noted = Channel.objects.in_use().filter(kind=ChannelKind.EMAIL, undeliverable_at=None)
        theirs = noted.filter(organisation=contact.organisation_id)
        if contact.person_id:
            theirs |= noted.filter(person=contact.person_id)
        known += theirs.order_by("pk").values_list("value", flat=True)[:8]
    return list(dict.fromkeys(address for address in known if address))


def answer(mail: Mail, *, by: User, to: str, subject: str, body: str, seen: int) -> Answer:
    """Answer a mail. `seen` is how many letters of ours the thread held when she began: a form sent twice, or a
    colleague who was faster, is told.

    Raises Refused when the address is not one that is known for whoever wrote.
    """
    with deed(MailboxVerb.ANSWERED, by=by):
        if not keeps(by, mail.desk):
            raise Refused(NOT_YOURS)
        if to not in addresses_for(mail):
            raise Refused("Choisissez une adresse connue de cette personne.")
        if not body.strip():
            raise Refused("Écrivez votre réponse.")
        written = write(mail, by=by, to=to, subject=subject, body=body, seen=seen, leaves_in=UNDO_FOR)
        answered(written.thread)
        if mail.interaction_id:  # whoever answers first has the contact: a colleague sees that it is taken
            mine = Interaction.objects.filter(pk=mail.interaction_id, operator=None, state=InteractionState.DRAFT)
            mine.update(operator=by)
        return written


def write(
    mail: Mail,
    *,
    by: User | None,
    to: str,
    subject: str,
    body: str,
    seen: int | None = None,
    leaves_in: timedelta | None = None,
) -> Answer:
    """Inside the deed under way: our next letter in the thread of this mail. Nobody's is an acknowledgement."""
    thread = Thread.objects.select_for_update().get(pk=mail.thread_id)
    if seen is not None and thread.sent != seen:
        raise ThreadMoved(thread.sent)
    number = thread.sent + 1
    Thread.objects.filter(pk=thread.pk).update(sent=F("sent") + 1)
    in_reply_to, references = mails.thread_headers(mail)
    box = mails.box_for(mail)
    letter = queue_letter(
        desk=mail.desk,
        key=f"thread:{thread.token}:{number}",
        message_id=mails.message_id(thread, number, box),
        sender=box.address,
        to=to,
        to_name=mail.from_name if to in (mail.answer_address, mail.from_address) else "",
        reply_to=mails.reply_address(thread, box),
        subject=subject,
        body=body,
        manner=MailManner.PERSON if by else MailManner.RECEIPT,
        in_reply_to=in_reply_to,
        references=references,
        leaves_at=clock.now() + leaves_in if leaves_in else None,
    )
    typed = body if by else ""
    return Answer.objects.create(
        thread=thread, number=number, letter=letter, to=mail, by=by, typed=typed, created_at=clock.now()
    )


def withdraw_answer(answer: Answer, *, by: User) -> None:
    """« Retenir »: the answer does not leave; its text goes back into the form.

    Raises Refused once the carrier has it.
    """
    with deed(MailboxVerb.ANSWER_WITHDRAWN, by=by):
        if not keeps(by, answer.letter.desk):
            raise Refused(NOT_YOURS)
        hold_letter(answer.letter)
