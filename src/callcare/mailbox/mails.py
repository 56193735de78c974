"""What leaves for somebody who wrote: the texts an operator starts from, and the acknowledgement of the machine."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string

from callcare.accounts.models import User
from callcare.mailbox.models import Mail, Mailbox, Thread
from callcare.mailbox.rules import identifiers

MOST_REFERENCES = 20

_ID = re.compile(r"<[!-~]+@[!-~]+>")
_PREFIX = re.compile(r"^\s*((re|ré|rép|tr|fw|fwd)\s*:\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Template:
    """A text to start an answer from: she edits it before it leaves."""

    code: str
    label: str


TEMPLATES = (
    Template("reception", "Accusé de bonne réception"),
    Template("precisions", "Demande de précisions"),
    Template("orientation", "Réorientation"),
    Template("relation", "Mise en relation en cours"),
    Template("merci", "Remerciement"),
)
CODES = frozenset(template.code for template in TEMPLATES)


def answer_text(mail: Mail, *, by: User, code: str = "") -> str:
    """The text an answer starts from, with its greeting and its signature « Prénom, guichet »."""
    name = mail.from_name if _is_a_name(mail.from_name) else ""
    facts = {"mail": mail, "name": name, "by": by, "desk": mail.desk, "code": code if code in CODES else ""}
    return render_to_string("mailbox/mail/answer.txt", facts).strip() + "\n"


def receipt_text(mail: Mail) -> str:
    """The machine's word that the mail arrived, and when somebody answers."""
    return render_to_string("mailbox/mail/receipt.txt", {"mail": mail, "desk": mail.desk}).strip() + "\n"


def _is_a_name(said: str) -> bool:
    return bool(said) and "@" not in said and len(said) <= 60


def answer_subject(mail: Mail) -> str:
    """« Re : … », once."""
    return f"Re : {_PREFIX.sub('', mail.subject) or 'votre courriel'}"[:200]


def message_id(thread: Thread, number: int, box: Mailbox) -> str:
    """The signed Message-ID of our letter `number` in a thread, in the domain of the box it leaves from."""
    key = identifiers.key_of(settings.SECRET_KEY)
    return identifiers.signed(thread.token, number, key, box.address.rpartition("@")[2])


def thread_headers(mail: Mail) -> tuple[str, list[str]]:
    """In-Reply-To and References of an answer to a mail; what cannot stand in a header is left out."""
    answered = mail.message_id if _may_stand(mail.message_id) else ""
    known = [one for one in mail.references if _may_stand(one) and one != answered]
    if len(known) > MOST_REFERENCES:
        known = [known[0], *known[-MOST_REFERENCES + 1 :]]
    return answered, [*known, *([answered] if answered else [])]


def _may_stand(one: str) -> bool:
    # An identifier of ours for a mail that had none names nothing its sender knows.
    return len(one) <= identifiers.LONGEST_ID and bool(_ID.fullmatch(one)) and not one.endswith(".invalid>")


def box_for(mail: Mail) -> Mailbox:
    """Where an answer leaves from, and answers to it come back: the box the mail came to.

    Once that one is out of service nobody would hear them: then another box of the same desk, while it has one.
    """
    came_to = mail.raw.mailbox
    if came_to.is_enabled:
        return came_to
    return Mailbox.objects.filter(desk=mail.desk_id, is_enabled=True).order_by("pk").first() or came_to


def reply_address(thread: Thread, box: Mailbox) -> str:
    """Where answers to us come back to: the address of the box, with the thread's token."""
    local, _, domain = box.address.partition("@")
    return f"{local.partition('+')[0]}+{thread.token}@{domain}"
