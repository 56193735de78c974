"""Putting mails where they belong: copies to their original, the others in their thread, with what follows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import connection

from callcare.core import live
from callcare.desk.enums import InteractionChannel
from callcare.desk.models import Draft, Interaction
from callcare.directory.writers import who_write
from callcare.mailbox.actions.arrivals import Arrival
from callcare.mailbox.actions.bouncing import note_failures
from callcare.mailbox.actions.threading import join_threads
from callcare.mailbox.enums import MailKind
from callcare.mailbox.models import Attachment, Mail

SAME_MAIL_WITHIN = timedelta(days=30)
SEEN_BEFORE = "Identifiant déjà vu : un autre courriel, au contenu différent, porte le même."
CHANNEL = "mails"  # says which desk has something new
FILING = 0x0CA13


def file_arrivals(arrivals: Sequence[Arrival]) -> None:
    """Inside the deed under way: rows for these mails, in their threads, with what each of them causes."""
    if not arrivals:
        return
    _one_at_a_time({one.raw.mailbox.desk_id for one in arrivals})
    _find_copies(arrivals)
    originals = [one for one in arrivals if not one.is_copy]
    join_threads([one for one in originals if one.mail.kind != MailKind.OWN], own=[
        one for one in originals if one.mail.kind == MailKind.OWN
    ])  # fmt: skip
    _open_contacts(originals)
    Mail.objects.bulk_create([one.mail for one in originals])
    copies = [one for one in arrivals if one.is_copy]
    for one in copies:
        if one.copy_of:
            one.mail.copy_of, one.mail.thread = one.copy_of.mail, one.copy_of.mail.thread
    Mail.objects.bulk_create([one.mail for one in copies])
    for arrival in originals:
        for part in arrival.parts:
            part.mail = arrival.mail
    Attachment.objects.bulk_create([part for one in originals for part in one.parts])
    note_failures(originals)
    for desk in sorted({one.raw.mailbox.desk_id for one in originals}):
        live.tell(CHANNEL, str(desk))


def _one_at_a_time(desks: Iterable[int]) -> None:
    """Two batches of one desk at once would not see each other's mails: a parent and its answer could miss."""
    with connection.cursor() as cursor:
        for desk in sorted(desks):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [FILING, desk])


def _find_copies(arrivals: Sequence[Arrival]) -> None:
    """The same bytes, or the same identifier and contents within a month, in the same box: one mail, shown once."""
    boxes = {one.raw.mailbox_id for one in arrivals}
    same_bytes = {
        (box, digest): (mail, thread)
        for mail, thread, box, digest in Mail.objects.filter(
            raw__mailbox__in=boxes, raw__sha256__in={one.raw.sha256 for one in arrivals}, copy_of=None
        ).values_list("pk", "thread", "raw__mailbox", "raw__sha256")
    }
    by_id: dict[tuple[int, str], list[tuple[int, int, str, object]]] = defaultdict(list)
    for pk, thread, box, message_id, digest, at in Mail.objects.filter(
        message_id__in={one.mail.message_id for one in arrivals}, raw__mailbox__in=boxes, copy_of=None
    ).values_list("pk", "thread", "raw__mailbox", "message_id", "body_digest", "received_at"):
        by_id[box, message_id].append((pk, thread, digest, at))
    here: dict[tuple[int, str], list[Arrival]] = defaultdict(list)
    for one in arrivals:
        box, mail = one.raw.mailbox_id, one.mail
        if known := same_bytes.get((box, one.raw.sha256)):
            mail.copy_of_id, mail.thread_id = known
            continue
        namesakes = here[box, mail.message_id]
        stored = by_id[box, mail.message_id]
        one.copy_of = next((other for other in namesakes if _is_same(one, other)), None)
        if one.copy_of:
            continue
        same = [
            (pk, thread)
            for pk, thread, digest, at in stored
            if digest and digest == mail.body_digest and abs(mail.received_at - at) <= SAME_MAIL_WITHIN  # type: ignore[operator]
        ]
        if same:
            mail.copy_of_id, mail.thread_id = same[0]
            continue
        if (stored or namesakes) and one.reading and one.reading.message_id:
            mail.warnings = [*mail.warnings, SEEN_BEFORE]
        namesakes.append(one)


def _is_same(one: Arrival, other: Arrival) -> bool:
    if one.raw.sha256 == other.raw.sha256:
        return True
    digest = one.mail.body_digest
    apart = abs(one.mail.received_at - other.mail.received_at)
    return bool(digest) and digest == other.mail.body_digest and apart <= SAME_MAIL_WITHIN


def _open_contacts(arrivals: Sequence[Arrival]) -> None:
    """Each mail of a person is a contact to treat, as a draft, from the instant it came."""
    people = [one for one in arrivals if one.mail.kind == MailKind.HUMAN]
    if not people:
        return
    known = who_write({one.mail.from_address for one in people})
    contacts = []
    for one in people:
        who = known.get(one.mail.from_address)
        one.mail.interaction = Interaction(
            desk=one.desk,
            channel=InteractionChannel.MAIL,
            raw_identity=one.mail.from_address,
            organisation=who.organisation if who else None,
            person=who.person if who else None,
            started_at=one.mail.received_at,
            external_id=f"courriel:{one.raw.pk}",
        )
        contacts.append(one.mail.interaction)
    Interaction.objects.bulk_create(contacts)
    Draft.objects.bulk_create([Draft(interaction=contact, saved_at=contact.started_at) for contact in contacts])
