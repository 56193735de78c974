"""The log of the desk: a contact begins, is kept while it is typed, and ends with what it led to."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk.actions.callbacks import owed_to, settle_call_backs
from callcare.desk.actions.reminders import plan_reminder
from callcare.desk.calendar import calendar_of
from callcare.desk.enums import (
    DeskVerb,
    Direction,
    Disposition,
    InteractionChannel,
    InteractionState,
    ReminderStep,
)
from callcare.desk.models import Desk, Draft, Interaction, Referral, Reminder
from callcare.desk.permissions import keeps
from callcare.desk.signals import interaction_identified
from callcare.directory.models import Organisation, Person

REOPEN_WITHIN = timedelta(minutes=15)
UNUSABLE = (Disposition.WRONG_NUMBER, Disposition.SILENT, Disposition.SALES, Disposition.OUT_OF_SCOPE)
NOT_YOURS = "Ce contact n’est pas de votre guichet."


class DraftMoved(Refused):
    """Somebody saved this draft since it was read. Both texts are kept: `draft` holds hers, `typed` yours."""

    def __init__(self, draft: Draft, typed: dict[str, Any]) -> None:
        at = draft.saved_at.astimezone(clock.PARIS)
        super().__init__(f"Ce brouillon a été modifié par {draft.saved_by or 'une collègue'} à {at:%H:%M}.")
        self.draft, self.typed = draft, typed


def log_interaction(
    *,
    by: User | None,
    desk: Desk,
    channel: InteractionChannel = InteractionChannel.PHONE,
    direction: Direction = Direction.IN,
    organisation: Organisation | None = None,
    person: Person | None = None,
    raw_identity: str = "",
    started_at: datetime | None = None,
    external_id: str | None = None,
) -> Interaction:
    """Somebody reaches the desk: the contact exists from now on, as a draft, whatever happens next."""
    with deed(DeskVerb.INTERACTION_LOGGED, by=by):
        if not keeps(by, desk):
            raise Refused("Ce n’est pas votre guichet.")
        interaction = Interaction.objects.create(
            desk=desk,
            channel=channel,
            direction=direction,
            organisation=organisation or (person.organisation if person else None),
            person=person,
            raw_identity=raw_identity.strip()[:254],
            started_at=started_at or clock.now(),
            operator=by,
            external_id=external_id,
        )
        Draft.objects.create(interaction=interaction, saved_by=by, saved_at=clock.now())
        return interaction


def save_draft(interaction: Interaction, *, by: User, seen: int, part: str, typed: dict[str, Any]) -> Draft:
    """Keep what is being typed in one part of the console. Not a deed: nothing is decided yet.

    Raises DraftMoved when somebody else saved the same contact since `seen`.
    """
    if not keeps(by, interaction.desk):
        raise Refused(NOT_YOURS)
    draft, _ = Draft.objects.get_or_create(interaction=interaction)
    if draft.version != seen and draft.saved_by_id not in (None, by.pk):
        raise DraftMoved(draft, typed)
    content = draft.content | {part: typed}
    here = Draft.objects.filter(pk=draft.pk, version=draft.version)
    if not here.update(content=content, version=F("version") + 1, saved_at=clock.now(), saved_by=by):
        draft.refresh_from_db()
        raise DraftMoved(draft, typed)
    draft.refresh_from_db()
    return draft


def identify(
    interaction: Interaction, *, by: User | None, organisation: Organisation | None, person: Person | None = None
) -> None:
    """Say who is speaking. A number is a hint: it is the operator who says it."""
    with deed(DeskVerb.INTERACTION_LOGGED, by=by, because="interlocuteur reconnu"):
        _must_keep(by, interaction)
        if person and organisation and person.organisation_id != organisation.pk:
            raise Refused(f"{person} ne parle pas pour {organisation}.")
        interaction.edit(
            seen=interaction.version, organisation=organisation or (person and person.organisation), person=person
        )
        interaction_identified.send(Interaction, interaction=interaction)


def finish_interaction(
    interaction: Interaction,
    *,
    by: User | None,
    dispositions: Iterable[str] = (),
    summary: str = "",
    ended_at: datetime | None = None,
) -> None:
    """The contact is over and recorded with what it led to. What was made from it counts by itself.

    Raises Refused when it led to nothing that was said.
    """
    with deed(DeskVerb.INTERACTION_FINISHED, by=by):
        _must_keep(by, interaction)
        led_to = {*map(Disposition, dispositions), *_made_from(interaction), *_noted_on(interaction)}
        if not led_to:
            raise Refused("Dites à quoi ce contact a mené : besoin, engagement, rappel, orientation, information…")
        now = clock.now()
        interaction.move(
            InteractionState.FINAL,
            dispositions=[one.value for one in Disposition if one in led_to],
            summary=summary.strip(),
            ended_at=ended_at or interaction.ended_at or now,
            finished_at=now,
            operator=interaction.operator or by,
        )
        Draft.objects.filter(interaction=interaction).delete()
        _close_call_backs(interaction)


def reopen_interaction(interaction: Interaction, *, by: User) -> None:
    """Take a contact up again, within a quarter of an hour and by the same person: the undo of finishing it."""
    with deed(DeskVerb.INTERACTION_REOPENED, by=by):
        _must_keep(by, interaction)
        finished = interaction.finished_at
        if interaction.operator_id != by.pk or finished is None or clock.now() - finished > REOPEN_WITHIN:
            raise Refused("Un contact se reprend dans le quart d’heure, par la personne qui l’a enregistré.")
        interaction.move(InteractionState.DRAFT, finished_at=None, dispositions=[])
        note = {"note": {"summary": interaction.summary}}
        Draft.objects.update_or_create(interaction=interaction, defaults={"saved_by": by, "content": note})


def promise_call_back(
    interaction: Interaction, *, by: User | None, due_at: datetime, number: str, note: str = ""
) -> Reminder:
    """Owe this caller a call. Outside opening hours it becomes due at the next opening."""
    with deed(DeskVerb.REMINDER_PLANNED, by=by):
        _must_keep(by, interaction)
        if not number:
            raise Refused("Notez le numéro à rappeler.")
        due_at = calendar_of(interaction.desk).next_opening(max(due_at, clock.now()))
        if known := owed_to(interaction.desk, number).exclude(subject_id=interaction.pk).first():
            # One task for one number: what was agreed last holds, and hangs from the contact that agreed it.
            Reminder.objects.filter(pk=known.pk).update(
                subject_id=interaction.pk,
                subject_ref=interaction.ref,
                due_at=due_at,
                first_due_at=due_at,
                note=(note or known.note)[:300],
            )
            known.refresh_from_db()
            return known
        who = interaction.person or interaction.organisation
        return plan_reminder(
            desk=interaction.desk,
            subject=interaction,
            step=ReminderStep.CALL_BACK,
            about=f"Rappeler {who or 'cette personne'}",
            due_at=due_at,
            organisation=interaction.organisation,
            person=interaction.person,
            number=number,
            note=note,
        )


def refer(interaction: Interaction, *, by: User | None, service: str, organisation: Organisation | None) -> Referral:
    """Send a caller to a service elsewhere. Nobody's details are passed on, nobody helped is named."""
    with deed(DeskVerb.REFERRED, by=by):
        _must_keep(by, interaction)
        if not service.strip():
            raise Refused("Dites vers quel service.")
        return Referral.objects.create(
            interaction=interaction, organisation=organisation, service=service.strip()[:120], done_at=clock.now()
        )


def _must_keep(by: User | None, interaction: Interaction) -> None:
    if not keeps(by, interaction.desk):
        raise Refused(NOT_YOURS)


def _made_from(interaction: Interaction) -> set[Disposition]:
    """What the rows that hang from this contact say it led to; read through reverse names, nothing is imported."""
    rows = {
        Disposition.NEED: "needs",
        Disposition.COMMITMENT: "commitments",
        Disposition.REFERRAL: "referrals",
    }
    made = {word for word, name in rows.items() if getattr(interaction, name).exists()}
    if _call_backs_of(interaction).exists():
        made.add(Disposition.CALL_BACK)
    return made


def _noted_on(interaction: Interaction) -> set[Disposition]:
    """What deeds of the floors above wrote on the open contact: a need repeated leaves no row of its own."""
    [noted] = Interaction.objects.filter(pk=interaction.pk).values_list("dispositions", flat=True)
    return {Disposition(one) for one in noted}


def _call_backs_of(interaction: Interaction) -> Any:
    return Reminder.objects.planned().filter(
        step=ReminderStep.CALL_BACK, subject_id=interaction.pk, subject_type__model="interaction"
    )


def _close_call_backs(interaction: Interaction) -> None:
    if interaction.channel == InteractionChannel.PHONE and interaction.raw_identity:
        settle_call_backs(interaction, number=interaction.raw_identity, note="Par le contact suivant.")
