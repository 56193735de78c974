"""« L’appel à l’écran »: one strip for one caller, drawn once per change and process, whoever looks at it.

A number is a hint: what is shown is probable, never verified. A strip has two readings at most, that of the operator
who answered and that of the others; screens are handed the finished HTML.
"""

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.template.loader import render_to_string
from django.urls import reverse

from callcare.calls import known
from callcare.calls.actions.contacts import Said, said_of
from callcare.calls.enums import Outcome, Reading
from callcare.calls.models import Call
from callcare.core import clock
from callcare.core.french import counted
from callcare.desk.enums import Direction, ReminderStep
from callcare.desk.models import Interaction, Reminder
from callcare.directory.callers import Caller, who_call
from callcare.directory.models import Organisation
from callcare.directory.pairs import have_duplicates
from callcare.ui.templatetags.words import day, hour

RINGS_AT_MOST = timedelta(minutes=10)  # a call that rings longer has lost its end
TALKS_AT_MOST = timedelta(hours=4)
TAKEN_SHOWN = timedelta(seconds=5)
MISSED_SHOWN = timedelta(seconds=60)
OVER_SHOWN = timedelta(seconds=30)
LATEST = 3  # contacts shown
UNKNOWN = "numéro inconnu"
SPACES = re.compile(r"[ \n]+")  # the fixed spaces of French stay
TONES = {Reading.RINGING: "wait", Reading.WHOSE: "wait", Reading.TALKING: "done", Reading.MISSED: "late"}
STAYS = {Reading.TAKEN: TAKEN_SHOWN, Reading.MISSED: MISSED_SHOWN, Reading.OVER: OVER_SHOWN}


@dataclass(frozen=True, slots=True)
class Strip:
    """What the screens of a desk show of one caller. `frames` are ready to be sent, by who reads them."""

    desk: int
    key: str
    version: int
    operator: int | None
    mine: dict[str, Any]
    others: dict[str, Any]

    def seen_by(self, user: int) -> dict[str, Any]:
        return self.mine if user == self.operator else self.others


@dataclass(frozen=True, slots=True)
class Around:
    """What is known around the callers: asked once for all of them."""

    callers: dict[str, Caller]
    counts: list[tuple[str, known.Counts]]
    latest: dict[tuple[int, object], list[Interaction]]
    owed: list[Reminder]
    doubled: set[int]  # the organisations that have a probable duplicate


def of_calls(calls: Collection[int]) -> list[Strip]:
    """The strips these calls changed."""
    return _drawn(Call.objects.filter(pk__in=calls, interaction__isnull=False), is_news=True)


def present() -> list[Strip]:
    """Every strip there is to show now, of all desks."""
    now = clock.now()
    ringing = Q(ended_at=None, answered_at=None, started_at__gt=now - RINGS_AT_MOST)
    talking = Q(ended_at=None, answered_at__gt=now - TALKS_AT_MOST)
    just_over = Q(ended_at__gt=now - MISSED_SHOWN)
    live = Call.objects.filter(ringing | talking | just_over, started_at__gt=now - TALKS_AT_MOST)
    drawn = _drawn(live.filter(interaction__isnull=False), is_news=False)
    return [strip for strip in drawn if strip.mine["html"] or strip.others["html"]]


def _drawn(calls: Any, *, is_news: bool) -> list[Strip]:
    rows = Call.objects.filter(interaction__in=calls.values("interaction")).select_related(
        "interaction__organisation", "interaction__person", "interaction__desk", "operator"
    )
    families: dict[int, list[Call]] = defaultdict(list)
    for call in rows.order_by("started_at", "pk"):
        families[call.interaction_id or 0].append(call)
    said = [(family, said_of(family)) for family in families.values()]
    around = _around(said)
    return [_strip(family, one, around, is_news=is_news) for family, one in said]


def _around(said: Sequence[tuple[Sequence[Call], Said]]) -> Around:
    callers = who_call({one.raw for _, one in said})
    contacts = [_contact(family) for family, _ in said]
    desks = {contact.desk_id for contact in contacts}
    organisations = {pk for family, one in said for pk in _organisations(_contact(family), callers[one.raw])}
    numbers = {one.number for _, one in said if one.number}
    owed = Reminder.objects.planned().filter(
        Q(number__in=numbers) | Q(organisation__in=organisations), desk__in=desks, step=ReminderStep.CALL_BACK
    )
    return Around(
        callers=callers,
        counts=known.counts(desks, organisations),
        latest=_latest(desks, organisations, numbers),
        owed=list(owed.order_by("due_at", "pk")) if numbers or organisations else [],
        doubled=have_duplicates(organisations),
    )


def _contact(family: Sequence[Call]) -> Interaction:
    contact = family[0].interaction
    assert contact is not None, "only calls with a contact are drawn"  # noqa: S101  # the query says so
    return contact


def _organisations(contact: Interaction, caller: Caller) -> set[int]:
    if contact.organisation_id:
        return {contact.organisation_id}
    return {one.organisation.pk for one in caller.candidates}


def _latest(
    desks: Collection[int], organisations: Collection[int], numbers: Collection[str]
) -> dict[tuple[int, object], list[Interaction]]:
    """The last contacts by desk and organisation, and by desk and number."""
    found: dict[tuple[int, object], list[Interaction]] = defaultdict(list)
    for name, values in (("organisation", organisations), ("raw_identity", numbers)):
        if not values:
            continue
        rows = Interaction.objects.filter(desk__in=desks, **{f"{name}__in": values}).order_by("-started_at", "-pk")
        if len(desks) == len(values) == 1:  # one call that rings: no window, which Django is slow to write
            rows = rows[: LATEST + 1]
        else:
            newest = [F("started_at").desc(), F("pk").desc()]
            place = Window(RowNumber(), partition_by=[F("desk"), F(name)], order_by=newest)
            rows = rows.annotate(place=place).filter(place__lte=LATEST + 1)
        for row in rows:
            found[row.desk_id, row.organisation_id if name == "organisation" else row.raw_identity].append(row)
    return found


def _strip(family: Sequence[Call], said: Said, around: Around, *, is_news: bool) -> Strip:
    contact, caller = _contact(family), around.callers[said.raw]
    organisations = _organisations(contact, caller)
    operator = said.operator_id or contact.operator_id if said.answered_at else None
    facts = {
        "contact": contact,
        "who": _who(contact, caller),
        "person": _person(contact, caller),
        "number": said.raw,
        "is_masked": caller.is_masked,
        "is_somebody": bool(organisations),
        "is_probable": bool(organisations) and contact.version == 1,
        "known": _counted(contact, organisations, around),
        "latest": _past(contact, said, organisations, around),
        "owed": next((one for one in around.owed if _is_for(one, contact, said, organisations)), None),
        "doubled": _doubled(contact, caller, around),
        "before": _before(around.owed, contact, said),
        "said": said,
        "operator": _operator(family, operator),
        "is_voicemail": said.outcome == Outcome.VOICEMAIL,
    }
    version = sum(call.version for call in family)
    readings = _readings(said, operator)
    mine, others = (
        _frame(contact, said, version, facts, reading, is_mine=is_mine, is_news=is_news)
        for reading, is_mine in zip(readings, (True, False), strict=True)
    )
    return Strip(contact.desk_id, contact.ref, version, operator, mine, others)


def _readings(said: Said, operator: int | None) -> tuple[Reading, Reading]:
    """How the one who answered reads it, and how the others do."""
    if said.direction == Direction.OUT:
        mine = Reading.OVER if said.ended_at else Reading.TALKING
        return (mine, Reading.NOTHING) if said.answered_at and operator else (Reading.NOTHING, Reading.NOTHING)
    if said.answered_at and operator:
        return (Reading.OVER if said.ended_at else Reading.TALKING), Reading.TAKEN
    if said.answered_at:
        both = Reading.NOTHING if said.ended_at else Reading.WHOSE
    elif said.ended_at:
        both = Reading.MISSED if said.outcome in {Outcome.MISSED, Outcome.VOICEMAIL} else Reading.NOTHING
    else:
        both = Reading.RINGING
    return both, both


def _closes_at(said: Said, reading: Reading) -> datetime | None:
    """When a strip goes by itself; None while it has to stay."""
    since = said.answered_at if reading == Reading.TAKEN else said.ended_at
    return since + STAYS[reading] if reading in STAYS and since else None


def _still(said: Said, reading: Reading, *, is_news: bool) -> Reading:
    """The reading as long as it is to be seen. A provider's clock may be behind: news are shown all their time."""
    closes_at = _closes_at(said, reading)
    if reading == Reading.TAKEN and said.ended_at:
        return Reading.NOTHING
    if closes_at is None:
        return reading
    grace = MISSED_SHOWN if is_news else timedelta(0)
    return reading if closes_at + grace > clock.now() else Reading.NOTHING


def _frame(
    contact: Interaction, said: Said, version: int, facts: dict[str, Any], read: Reading, *,
    is_mine: bool, is_news: bool,
) -> dict[str, Any]:  # fmt: skip
    """What a screen is handed: `ui/js/live.js` says what each word does."""
    now, reading = clock.now(), _still(said, read, is_news=is_news)
    closes_at = _closes_at(said, reading)
    html = ""
    if reading != Reading.NOTHING:
        html = render_to_string("calls/strip.html", facts | {"reading": reading.value, "tone": TONES.get(reading, "")})
    stays = (STAYS[reading] if is_news else closes_at - now) if closes_at else None
    return {
        "key": contact.ref,
        "version": version,
        "phase": reading.value,
        "order": int(said.started_at.timestamp() * 1000),
        "html": SPACES.sub(" ", html).strip(),
        "say": _announced(facts) if reading == Reading.RINGING else "",
        "page": reverse("desk:contact", args=[contact.ref]) if reading in {Reading.TALKING, Reading.OVER} else "",
        "holds": reading == Reading.TALKING and is_mine,
        "quiet": reading == Reading.RINGING,
        "closes": round(stays.total_seconds(), 1) if stays else None,
        "now": int(now.timestamp() * 1000),
    }


def _who(contact: Interaction, caller: Caller) -> str:
    """The organisation, those that share the number, or what is to be said of nobody known."""
    if contact.organisation:
        return contact.organisation.name
    names = list(dict.fromkeys(one.organisation.name for one in caller.candidates))
    if len(names) > 2 or caller.others:
        return "plusieurs organisations"
    if names:
        return " ou ".join(names)
    return "numéro masqué" if caller.is_masked else UNKNOWN


def _person(contact: Interaction, caller: Caller) -> str:
    if contact.person:
        return str(contact.person)
    if caller.person and contact.organisation_id in (None, caller.person.organisation_id):
        return str(caller.person)
    people = {one.person.pk for one in caller.candidates if one.person}
    return "plusieurs personnes" if len(people) > 1 else ""


def _announced(facts: dict[str, Any]) -> str:
    """What a screen reader says once, when it begins to ring."""
    if facts["is_masked"]:
        return "Appel d’un numéro masqué."
    if facts["who"] == UNKNOWN:
        return "Appel d’un numéro inconnu."
    return f"Appel : {', '.join(filter(None, [facts['person'], facts['who']]))}, probable."


def _operator(family: Iterable[Call], operator: int | None) -> str:
    return next(
        (str(call.operator) for call in family if call.operator_id == operator and call.operator), "une collègue"
    )


def _counted(contact: Interaction, organisations: Collection[int], around: Around) -> list[str]:
    if len(organisations) != 1:
        return []
    [organisation] = organisations
    told = [(word, counts.get((contact.desk_id, organisation), 0)) for word, counts in around.counts]
    return [counted(n, *word.split(",")) for word, n in told if n]


def _doubled(contact: Interaction, caller: Caller, around: Around) -> Organisation | None:
    """The one organisation that calls, where it may be recorded twice."""
    houses = [contact.organisation] if contact.organisation else [one.organisation for one in caller.candidates]
    found = {house.pk: house for house in houses}
    if len(found) != 1:
        return None
    [house] = found.values()
    return house if house.pk in around.doubled else None


def _past(contact: Interaction, said: Said, organisations: Collection[int], around: Around) -> list[Interaction]:
    keys: list[object] = list(organisations) if len(organisations) == 1 else [said.number]
    rows = [row for key in keys for row in around.latest.get((contact.desk_id, key), ())]
    return [row for row in rows if row.pk != contact.pk][:LATEST]


def _is_for(owed: Reminder, contact: Interaction, said: Said, organisations: Collection[int]) -> bool:
    """A call owed before this one; the one this call made itself is said otherwise."""
    is_theirs = (said.number and owed.number == said.number) or owed.organisation_id in organisations
    return bool(is_theirs) and owed.desk_id == contact.desk_id and not _made_by(owed, contact)


def _made_by(owed: Reminder, contact: Interaction) -> bool:
    return owed.subject_id == contact.pk and owed.subject_ref == contact.ref


def _before(owed: Iterable[Reminder], contact: Interaction, said: Said) -> str:
    """« 15 h 42 », or the day too where it is another: until when a missed call is to be called back."""
    due = next((one.due_at for one in owed if one.desk_id == contact.desk_id and one.number == said.number), None)
    if due is None:
        return ""
    is_today = due.astimezone(clock.PARIS).date() == clock.today()
    return hour(due) if is_today else f"{day(due)}, {hour(due)}"


def as_event(frame: dict[str, Any]) -> bytes:
    """One event of the stream."""
    return f"event: strip\ndata: {json.dumps(frame, ensure_ascii=False)}\n\n".encode()
