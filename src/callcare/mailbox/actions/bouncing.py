"""What a returned letter means: its address is not reached any more, and somebody has to telephone."""

from collections.abc import Sequence

from callcare.core import clock
from callcare.core.deeds import deed
from callcare.desk.actions import plan_reminder
from callcare.desk.actions.cases import next_action
from callcare.desk.enums import MailState, ReminderStep
from callcare.desk.models import OutgoingMail
from callcare.directory.enums import ChannelKind
from callcare.directory.models import Channel, Person
from callcare.mailbox.actions.arrivals import Arrival
from callcare.mailbox.enums import MailboxVerb, MailKind
from callcare.mailbox.models import Mail
from callcare.mailbox.rules.bounces import in_words

LONGEST_SAID = 300
LONGEST_ABOUT = 200


def note_failures(arrivals: Sequence[Arrival]) -> None:
    """Of the bounces among these: note on each letter of ours that it came back, and owe a call where that is final.

    Only a letter that we wrote, to the address that failed, counts: anybody can write something like a bounce.
    """
    bounces = [one for one in arrivals if one.mail.kind == MailKind.BOUNCE and one.mail.failures]
    ids = {failure["message_id"] for one in bounces for failure in one.mail.failures} - {""}
    if not ids:
        return
    letters = {letter.message_id: letter for letter in OutgoingMail.objects.filter(message_id__in=ids)}
    for one in bounces:
        for failure in one.mail.failures:
            letter = letters.get(failure["message_id"])
            if letter is None or letter.desk_id != one.mail.desk_id:
                continue
            if failure["action"] == "failed" and failure["status"].startswith("5"):
                with deed(MailboxVerb.ADDRESS_BOUNCED, by=None):
                    _came_back(letter, one.mail, failure)


def _came_back(letter: OutgoingMail, mail: Mail, failure: dict[str, str]) -> None:
    reason = in_words(failure["status"], failure["diagnostic"])
    exact = " ".join(f"{failure['status']} {failure['diagnostic']}".split())
    said = f"{reason[:1].upper()}{reason[1:]} ({exact})."
    said = said if len(said) <= LONGEST_SAID else f"{said[: LONGEST_SAID - 3]}…)."
    back = OutgoingMail.objects.filter(pk=letter.pk, state=MailState.SENT, bounced_at=None)
    if not back.update(bounced_at=mail.received_at, bounce_said=said):
        return
    noted = Channel.objects.filter(kind=ChannelKind.EMAIL, value=letter.to.lower())
    if failure["recipient"].lower() in (
        "",
        letter.to.lower(),
    ):  # behind a forwarding, it is another address that is lost
        noted.filter(undeliverable_at=None).update(undeliverable_at=clock.now())
    owner = noted.select_related("organisation", "person__organisation").order_by("pk").first()
    person = owner.person if owner else None
    organisation = person.organisation if person else (owner.organisation if owner else None)
    phones = Channel.objects.in_use().filter(kind=ChannelKind.PHONE, undeliverable_at=None)
    theirs = (person and phones.filter(person=person).first()) or (
        organisation and phones.filter(organisation=organisation).first()
    )
    plan_reminder(
        desk=letter.desk,
        subject=mail,  # the return itself: its page is the thread, and leads to the letter
        step=ReminderStep.MAIL_BACK,
        about=_about(letter, person, reason),
        due_at=next_action(letter.desk),
        organisation=organisation,
        person=person,
        number=theirs.value if theirs else "",
        note=f"Le serveur a dit : {exact}",  # the letter has the reason beside it; here it stands above
    )


def _about(letter: OutgoingMail, person: Person | None, reason: str) -> str:
    """« Claire Delattre (claire@canal.test) n’a pas reçu « Une piste » : cette adresse n’existe pas »."""
    whom = str(person) if person else letter.to_name
    whom = f"{whom} ({letter.to})" if whom else letter.to
    room = LONGEST_ABOUT - len(f"{whom} n’a pas reçu «  » : {reason}")
    subject = letter.subject if len(letter.subject) <= room else f"{letter.subject[: max(room - 1, 0)].rstrip()}…"
    return f"{whom} n’a pas reçu « {subject} » : {reason}"[:LONGEST_ABOUT]
