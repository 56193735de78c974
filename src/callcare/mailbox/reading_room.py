"""A thread as it is read: mails and answers in order, each with what its card needs."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Q

from callcare.desk.enums import MailState
from callcare.desk.models import OutgoingMail
from callcare.mailbox import clamav
from callcare.mailbox.enums import ProposalState, ScanState
from callcare.mailbox.models import Answer, Attachment, Mail, Proposal, Thread
from callcare.mailbox.pieces import Piece, pieces
from callcare.mailbox.previews import can_show
from callcare.ui.templatetags.words import hour


@dataclass(frozen=True, slots=True)
class Entry:
    """One mail, or one letter of ours, in a thread."""

    at: datetime
    mail: Mail | None = None
    letter: Answer | None = None
    pieces: list[Piece] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    may_fetch: bool = False  # its original carries nothing that may not leave
    delivery: tuple[str, str] = ("", "")  # of a letter: how far it got, and the tone of it
    may_hold: bool = False
    came_back: list[OutgoingMail] = field(default_factory=list)  # of a return: the letters of ours it speaks of


def entries(thread: Thread) -> list[Entry]:
    """The whole thread, oldest first. Three statements; one more where something came back."""
    mails = (
        Mail.objects.filter(thread=thread, copy_of=None)
        .select_related("interaction", "desk", "raw")
        .defer("raw__raw")
        .prefetch_related("attachments")
    )
    answers = Answer.objects.filter(thread=thread).select_related("letter", "by")
    known = list(mails)
    back = _came_back(known)
    return sorted(
        [*(replace(entry_of(one), came_back=back[one.pk]) for one in known), *map(_entry_of_answer, answers)],
        key=lambda entry: entry.at,
    )


def _came_back(mails: list[Mail]) -> dict[int, list[OutgoingMail]]:
    """Of each return, the letters of ours that it names; only those of its own desk."""
    named = {mail.pk: {one["message_id"] for one in mail.failures} - {""} for mail in mails if mail.failures}
    found: dict[int, list[OutgoingMail]] = defaultdict(list)
    if ids := set().union(*named.values()):
        letters = list(OutgoingMail.objects.filter(message_id__in=ids, desk__in={mail.desk_id for mail in mails}))
        for pk, some in named.items():
            found[pk] = [letter for letter in letters if letter.message_id in some]
    return found


def entry_of(mail: Mail) -> Entry:
    found = [a for a in mail.attachments.all() if not a.is_inline]
    every = [a.scan for a in mail.attachments.all()]
    unsafe = ScanState.INFECTED in every or (mail.is_readable and any(scan != ScanState.CLEAN for scan in every))
    return Entry(
        at=mail.received_at,
        mail=mail,
        pieces=list(pieces(mail)),
        attachments=sorted(found, key=lambda a: a.number),
        may_fetch=not unsafe and mail.raw.emptied_at is None,
    )


def _entry_of_answer(answer: Answer) -> Entry:
    letter = answer.letter
    waits = letter.state == MailState.QUEUED and letter.attempts == 0
    return Entry(at=answer.created_at, letter=answer, delivery=delivery(letter), may_hold=waits and bool(answer.by_id))


def delivery(letter: OutgoingMail) -> tuple[str, str]:
    """How far a letter got, in words, and their tone."""
    if letter.bounced_at:
        return "revenu", "late"
    if letter.state == MailState.QUEUED and letter.attempts:
        return f"nouvel essai à {hour(letter.next_try_at)}", "wait"
    tones = {MailState.QUEUED: "wait", MailState.SENT: "done", MailState.FAILED: "late", MailState.HELD: ""}
    return str(letter.get_state_display()), tones[MailState(letter.state)]


@dataclass(frozen=True, slots=True)
class Pair:
    """Another thread that may be this one, and why."""

    other: Thread
    reason: str


def proposals_of(thread: Thread) -> list[Pair]:
    """What an operator may say yes or no to. One statement."""
    rows = Proposal.objects.filter(Q(thread=thread) | Q(other=thread), state=ProposalState.OPEN)
    both = rows.select_related("thread", "other").order_by("pk")[:5]
    return [Pair(p.other if p.thread_id == thread.pk else p.thread, p.get_reason_display()) for p in both]


def is_shown_as_picture(attachment: Attachment) -> bool:
    return attachment.scan != ScanState.INFECTED and can_show(attachment.found_type, attachment.size)


def has_scanner() -> bool:
    return clamav.is_named()
