"""The contact a call opens in the log: one for a caller, however often the call was transferred."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Max

from callcare.calls.enums import Outcome
from callcare.calls.models import Call
from callcare.core import clock
from callcare.core.many import bring_many, put_many
from callcare.desk.actions import (
    note_attempt,
    overtake_reminders,
    owe_call_back,
    owe_listening,
    settle_call_backs,
)
from callcare.desk.enums import Direction, Disposition, InteractionChannel, InteractionState, ReminderStep
from callcare.desk.models import Draft, Interaction, Reminder
from callcare.directory.callers import Caller, who_call
from callcare.directory.rules import phones
from callcare.ui.templatetags.words import hour

TRANSFER_WITHIN = timedelta(minutes=10)  # a call passed on whose next call does not come is a missed call
OWED_FOR = timedelta(days=7)  # nobody is called back for a call older than that: the log keeps it
NOBODY = frozenset({"", phones.MASKED})  # nothing is known of who calls
BY_THE_HOUSE = frozenset({Disposition.NO_ANSWER.value, Disposition.VOICEMAIL.value})


@dataclass(frozen=True, slots=True)
class Said:
    """What the calls of one caller say together about the contact."""

    started_at: datetime
    ended_at: datetime | None
    answered_at: datetime | None
    operator_id: int | None
    outcome: str  # "" while it is under way
    number: str
    raw: str
    direction: str


def said_of(family: Sequence[Call]) -> Said:
    """A chain of transfers counts once; it is answered if any of its calls is."""
    first = min(family, key=lambda call: (call.started_at, call.pk))
    answered = sorted((call for call in family if call.answered_at), key=lambda call: (call.answered_at, call.pk))
    is_over = all(call.ended_at for call in family) and not _waits_for_transfer(family)
    ended_at = max((call.ended_at for call in family if call.ended_at), default=None) if is_over else None
    raw = first.number_to if first.direction == Direction.OUT else first.number_from
    if phones.parse(raw).kind == phones.PhoneKind.HIDDEN:
        raw = phones.MASKED
    return Said(
        started_at=first.started_at,
        ended_at=ended_at,
        answered_at=answered[0].answered_at if answered else None,
        operator_id=next((call.operator_id for call in reversed(answered) if call.operator_id), None),
        outcome=_outcome(family, is_answered=bool(answered)) if is_over else "",
        number=first.caller,
        raw=first.caller or raw,
        direction=first.direction,
    )


def _waits_for_transfer(family: Sequence[Call]) -> bool:
    passed_on = [call for call in family if call.outcome == Outcome.TRANSFERRED]
    followed = {call.parent_id for call in family}
    late = clock.now() - TRANSFER_WITHIN
    return any(call.pk not in followed and call.ended_at and call.ended_at > late for call in passed_on)


def _outcome(family: Iterable[Call], *, is_answered: bool) -> str:
    outcomes = {call.outcome for call in family}
    if is_answered:
        return Outcome.ANSWERED
    if Outcome.VOICEMAIL in outcomes:
        return Outcome.VOICEMAIL
    return Outcome.REJECTED if outcomes == {Outcome.REJECTED} else Outcome.MISSED


def follow(calls: Sequence[Call], changed: Collection[Call]) -> list[Call]:
    """Link each family of calls, and open or bring up to date its contact. Returns the calls that changed."""
    moved = {call.pk: call for call in changed}
    moved |= {call.pk: call for call in _linked(calls)}
    touched = [(one, said_of(one)) for one in _families(calls) if _concerns(one, moved)]
    known = Interaction.objects.in_bulk({call.interaction_id for call in calls if call.interaction_id})
    callers = who_call({said.raw for _, said in touched})
    owed = _numbers_owed(calls, {said.number for _, said in touched})
    fresh: list[tuple[list[Call], Interaction, Said]] = []
    known_better: list[tuple[Interaction, Said, dict[str, object]]] = []
    in_vain: list[tuple[Interaction, Said]] = []
    for family, said in touched:
        interaction = next((known[call.interaction_id] for call in family if call.interaction_id), None)
        if interaction is None:
            fresh.append((family, _opened(family, said, callers[said.raw]), said))
            continue
        if news := _news(interaction, said, callers[said.raw]):
            if interaction.state != InteractionState.FINAL or "raw_identity" in news:
                in_vain.append((interaction, said))
            known_better.append((interaction, said, news))
        _attach(family, interaction, moved)
    _bring_up_to_date(known_better)
    for interaction, said, _ in known_better:
        _settle(interaction, said, owed)
    put_many(Interaction, [interaction for _, interaction, _ in fresh])
    _draft([(interaction, said) for _, interaction, said in fresh if said.answered_at])
    for family, interaction, said in fresh:
        _attach(family, interaction, moved)
        _settle(interaction, said, owed)
        in_vain.append((interaction, said))
    _owe([(interaction, said) for interaction, said in in_vain if _is_owed(said)], calls)
    return list(moved.values())


def _concerns(family: Iterable[Call], moved: Collection[int]) -> bool:
    return any(call.pk in moved and not call.is_test for call in family)


def _draft(answered: Iterable[tuple[Interaction, Said]]) -> None:
    Draft.objects.bulk_create(
        [
            Draft(interaction=one, saved_by_id=said.operator_id, saved_at=said.answered_at or clock.now())
            for one, said in answered
        ],
        ignore_conflicts=True,
    )


def _numbers_owed(calls: Iterable[Call], numbers: Collection[str]) -> set[tuple[int, str]]:
    """Which of these numbers their desks owe a call: one question for the whole batch."""
    owed = Reminder.objects.planned().filter(
        desk__in={call.desk_id for call in calls}, step=ReminderStep.CALL_BACK, number__in=numbers
    )
    return set(owed.values_list("desk", "number"))


def _attach(family: Iterable[Call], interaction: Interaction, moved: dict[int, Call]) -> None:
    for call in family:
        if call.interaction_id != interaction.pk:
            call.interaction = interaction
            moved[call.pk] = call


def _linked(calls: Iterable[Call]) -> list[Call]:
    """Calls whose parent is there now; the parent may come after the child."""
    by_key = {(call.trunk_id, call.call_id): call for call in calls}
    linked = []
    for call in calls:
        parent = by_key.get((call.trunk_id, call.parent_id_received)) if call.parent_id_received else None
        if parent is not None and parent.pk != call.pk and call.parent_id != parent.pk and not _is_above(call, parent):
            call.parent = parent
            linked.append(call)
    return linked


def _is_above(call: Call, other: Call) -> bool:
    """Would the link close a circle? A provider that says so is not believed."""
    seen: set[int] = set()
    above: Call | None = other
    while above is not None and above.pk not in seen:
        if above.pk == call.pk:
            return True
        seen.add(above.pk)
        above = above.parent
    return False


def _families(calls: Iterable[Call]) -> list[list[Call]]:
    families: dict[int, list[Call]] = defaultdict(list)
    for call in calls:
        root, seen = call, {call.pk}
        while root.parent_id is not None and root.parent is not None and root.parent.pk not in seen:
            root = root.parent
            seen.add(root.pk)
        families[root.pk].append(call)
    return list(families.values())


def _opened(family: Sequence[Call], said: Said, caller: Caller) -> Interaction:
    first = min(family, key=lambda call: (call.started_at, call.pk))
    interaction = Interaction(
        desk=first.desk,
        channel=InteractionChannel.PHONE,
        direction=_direction(said),
        raw_identity=said.raw,
        **_who(caller),
        started_at=said.started_at,
        ended_at=said.ended_at,
        operator_id=said.operator_id,
        external_id=f"{first.trunk.slug}:{first.call_id}"[-120:],
    )
    if said.outcome and said.outcome != Outcome.ANSWERED:
        interaction.state = InteractionState.FINAL
        interaction.finished_at = said.ended_at
        interaction.dispositions = _led_to(said)
    return interaction


def _direction(said: Said) -> Direction:
    return Direction.OUT if said.direction == Direction.OUT else Direction.IN


def _who(caller: Caller) -> dict[str, Any]:
    """The two ends of the contact the number names without a doubt."""
    person = caller.person
    return {"organisation": person.organisation if person else caller.organisation, "person": person}


def _led_to(said: Said) -> list[str]:
    return [Disposition.VOICEMAIL.value if said.outcome == Outcome.VOICEMAIL else Disposition.NO_ANSWER.value]


def _bring_up_to_date(heard: Sequence[tuple[Interaction, Said, Mapping[str, object]]]) -> None:
    """Facts are filled in. What a person finished is not opened again, nothing she typed is touched: only the columns
    that have news are written, the same ones in one statement.

    A contact that the house alone had closed as unanswered is corrected when a late event says somebody did answer.
    """
    alike: dict[frozenset[str], list[Interaction]] = defaultdict(list)
    for interaction, _, news in heard:
        for name, value in news.items():
            setattr(interaction, name, value)
        alike[frozenset(news)].append(interaction)
    for names, interactions in alike.items():
        bring_many(Interaction, interactions, {name.removesuffix("_id") for name in names})
    answered = [(interaction, said) for interaction, said, _ in heard if said.answered_at]
    _draft(answered)
    owed = Reminder.objects.planned().filter(
        subject_type=ContentType.objects.get_for_model(Interaction),
        subject_id__in=[interaction.pk for interaction, _ in answered],
        step=ReminderStep.CALL_BACK,
    )
    is_owed = set(owed.values_list("subject_id", flat=True))
    for interaction, _ in answered:
        if interaction.pk in is_owed:
            overtake_reminders(interaction, [ReminderStep.CALL_BACK])


def _news(interaction: Interaction, said: Said, caller: Caller) -> dict[str, object]:
    """What the calls say that the contact does not know yet."""
    is_untouched = interaction.operator_id is None and set(interaction.dispositions) <= BY_THE_HOUSE
    was_final = interaction.state == InteractionState.FINAL
    if was_final and not is_untouched:
        return {}
    facts: dict[str, object] = {
        "started_at": min(interaction.started_at, said.started_at),
        "ended_at": said.ended_at,
        "operator_id": interaction.operator_id or said.operator_id,
    }
    if interaction.raw_identity in NOBODY and said.raw not in NOBODY:  # a hang-up may be heard before its call
        facts |= {"raw_identity": said.raw, "direction": _direction(said)}
        if interaction.organisation_id is None:
            facts |= {f"{name}_id": thing and thing.pk for name, thing in _who(caller).items()}
    if said.answered_at and was_final:
        facts |= {"state": InteractionState.DRAFT, "finished_at": None, "dispositions": []}
    elif said.outcome and not said.answered_at and is_untouched:
        facts |= {"state": InteractionState.FINAL, "finished_at": said.ended_at, "dispositions": _led_to(said)}
    return {name: value for name, value in facts.items() if getattr(interaction, name) != value}


def _settle(interaction: Interaction, said: Said, owed: Collection[tuple[int, str]]) -> None:
    """Who is spoken to is owed no call any more; an outgoing call nobody answered is an attempt to reach her."""
    if (interaction.desk_id, said.number) not in owed:
        return
    if said.answered_at:
        settle_call_backs(interaction, number=said.number, note=f"Par l’appel de {hour(said.answered_at)}.")
    elif said.outcome and said.direction == Direction.OUT:
        note_attempt(interaction.desk, number=said.number, by=interaction.operator)


def _is_owed(said: Said) -> bool:
    """Who was not answered is owed a call, unless it is history."""
    is_in_vain = said.outcome in {Outcome.MISSED, Outcome.VOICEMAIL} and said.direction == Direction.IN
    return is_in_vain and said.ended_at is not None and said.ended_at > clock.now() - OWED_FOR


def _owe(in_vain: Sequence[tuple[Interaction, Said]], calls: Iterable[Call]) -> None:
    """A call to each of them, unless she was spoken to since: what is told late may be told in one breath.

    A hidden number only leaves a message to hear.
    """
    spoken = _spoken_to({(one.desk_id, said.number) for one, said in in_vain if said.number}, calls)
    for interaction, said in in_vain:
        is_message, last = said.outcome == Outcome.VOICEMAIL, spoken.get((interaction.desk_id, said.number))
        if said.ended_at is None or (last is not None and last > said.ended_at):
            continue
        if said.number:
            owe_call_back(interaction, number=said.number, since=said.ended_at, has_message=is_message)
        elif is_message:
            owe_listening(interaction, since=said.ended_at)


def _spoken_to(numbers: Collection[tuple[int, str]], calls: Iterable[Call]) -> dict[tuple[int, str], datetime]:
    """When each desk last spoke to each of these numbers: in what is kept, and in these calls."""
    if not numbers:
        return {}
    kept = Call.objects.filter(desk__in={desk for desk, _ in numbers}, caller__in={number for _, number in numbers})
    last = {
        (desk, caller): at
        for desk, caller, at in kept.exclude(answered_at=None)
        .values_list("desk", "caller")
        .annotate(Max("answered_at"))
    }
    for call in calls:
        key = (call.desk_id, call.caller)
        if call.answered_at and key in numbers:
            last[key] = max(call.answered_at, last.get(key, call.answered_at))
    return last
