"""Voice messages: fetched at once, listened to, deleted after their time. No live call is ever recorded."""

from collections.abc import Iterable
from datetime import timedelta

from callcare.accounts.models import User
from callcare.calls import recordings
from callcare.calls.enums import CallVerb, MessageState
from callcare.calls.models import Call, VoiceMessage
from callcare.calls.recordings import NotASound
from callcare.core import clock
from callcare.core.deeds import deed
from callcare.core.fetch import NotFetched, fetch
from callcare.desk.enums import ReminderState, ReminderStep
from callcare.desk.models import Reminder

WAITS = (0, 1, 2, 5, 10, 20, 40)  # minutes before each further try: the provider's address lives an hour
KEPT_DAYS = 30  # after the call-back is closed (a setting of ours; confirm with the data protection officer)


def expect_messages(calls: Iterable[Call]) -> None:
    """A recording is announced: its row waits to be fetched. Inside the deed that heard of it."""
    told = [call for call in calls if call.media_url and not call.is_test]
    VoiceMessage.objects.bulk_create(
        [VoiceMessage(call=call, source=call.media_url) for call in told], ignore_conflicts=True
    )


def fetch_messages(limit: int = 20) -> int:
    """Fetch what waits; how many were tried. The fetching itself is outside of any transaction."""
    due = VoiceMessage.objects.filter(state=MessageState.WAITING, next_try_at__lte=clock.now())
    tried = 0
    for message in due.select_related("call__trunk").order_by("next_try_at", "pk")[:limit]:
        if _claim(message):
            _fetch(message)
            tried += 1
    return tried


def _claim(message: VoiceMessage) -> bool:
    """Ours for this try: two workers never fetch the same message at once."""
    attempts = message.attempts + 1
    wait = WAITS[min(attempts, len(WAITS) - 1)]
    with deed(CallVerb.MESSAGE_FETCHED, by=None):
        here = VoiceMessage.objects.filter(pk=message.pk, state=MessageState.WAITING, attempts=message.attempts)
        claimed = here.update(attempts=attempts, next_try_at=clock.now() + timedelta(minutes=wait))
    message.attempts = attempts
    return bool(claimed)


def _fetch(message: VoiceMessage) -> None:
    try:
        stored = recordings.store(fetch(message.source, most=recordings.MOST).body)
    except NotFetched as error:
        _note(message, str(error))
        return
    except NotASound:
        _note(message, "Le fichier reçu n’est pas un enregistrement.")
        return
    with deed(CallVerb.MESSAGE_FETCHED, by=None):
        here = VoiceMessage.objects.filter(pk=message.pk, state=MessageState.WAITING)
        kept = here.update(
            state=MessageState.KEPT,
            stored_name=stored.name,
            content_type=stored.content_type,
            size=stored.size,
            sha256=stored.sha256,
            fetched_at=clock.now(),
            last_error="",
        )
    if not kept:  # somebody was faster
        recordings.remove(stored.name)


def _note(message: VoiceMessage, error: str) -> None:
    is_over = message.attempts >= len(WAITS)
    with deed(CallVerb.MESSAGE_FETCHED, by=None, because=error):
        VoiceMessage.objects.filter(pk=message.pk, state=MessageState.WAITING).update(
            last_error=error[:200], state=MessageState.LOST if is_over else MessageState.WAITING
        )


def note_heard(message: VoiceMessage, *, by: User) -> None:
    """An operator listened to it; the first time counts."""
    with deed(CallVerb.MESSAGE_HEARD, by=by):
        now = clock.now()
        VoiceMessage.objects.filter(pk=message.pk, heard_at=None).update(heard_at=now)
        listening = Reminder.objects.planned().filter(
            step=ReminderStep.LISTEN,
            subject_type__model="interaction",
            subject_id=message.call.interaction_id or 0,
        )
        listening.update(state=ReminderState.DONE, done_at=now, first_tried_at=now, note="Message écouté.")


def delete_old_messages(now_days: int = KEPT_DAYS) -> int:
    """Delete the recordings whose call-back was closed more than `now_days` ago, or that nobody owes anything for."""
    limit = clock.now() - timedelta(days=now_days)
    old = VoiceMessage.objects.filter(state=MessageState.KEPT, fetched_at__lt=limit).select_related("call")
    owed = Reminder.objects.filter(step__in=[ReminderStep.CALL_BACK, ReminderStep.LISTEN])
    deleted = 0
    for message in old:
        mine = owed.filter(subject_type__model="interaction", subject_id=message.call.interaction_id or 0)
        still_open = mine.filter(state=ReminderState.PLANNED).exists() or mine.filter(done_at__gt=limit).exists()
        if not still_open:
            _delete(message)
            deleted += 1
    return deleted


def _delete(message: VoiceMessage) -> None:
    with deed(CallVerb.MESSAGE_DELETED, by=None, because=f"{KEPT_DAYS} jours après la fin du rappel"):
        name = message.stored_name
        here = VoiceMessage.objects.filter(pk=message.pk, state=MessageState.KEPT)
        here.update(state=MessageState.DELETED, deleted_at=clock.now(), stored_name="", source="")
    recordings.remove(name)
