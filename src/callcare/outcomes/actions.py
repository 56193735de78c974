"""What came of the help, said by one side; people helped, counted and never named."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from callcare.accounts.models import User
from callcare.allocations.models import Allocation, Fulfilment
from callcare.catalogue.enums import Audience
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk.actions import overtake_reminders
from callcare.desk.enums import ReminderStep
from callcare.desk.rules import privacy
from callcare.introductions.enums import Side
from callcare.introductions.models import Introduction
from callcare.needs.models import Need
from callcare.outcomes.enums import AgeBand, CountMethod, Extent, OutcomeVerb
from callcare.outcomes.models import Outcome, PeopleCount
from callcare.outcomes.permissions import may_count

NOT_YOURS = "Ce besoin n’est pas de votre guichet."
NAMES_SOMEBODY = "Ces mots semblent nommer quelqu’un : corrigez-les, ou gardez-les au guichet sans les publier."
MOST = 100_000  # more people than that for one need is a slip of the finger


@dataclass(frozen=True, slots=True)
class Counted:
    """So many people of one audience and age band, of whom so many for the first time."""

    audience: Audience
    age_band: AgeBand
    people: int
    first_time: int = 0


def record_outcome(
    *,
    by: User | None,
    need: Need,
    side: Side,
    extent: Extent,
    useful: bool | None = None,
    introduction: Introduction | None = None,
    fulfilment: Fulfilment | None = None,
    verbatim: str = "",
    may_publish: bool = False,
    because: str = "",
) -> Outcome:
    """Write down what one side says came of it. Their own words are published only if they agree, and name nobody."""
    with deed(OutcomeVerb.RECORDED, by=by, because=because):
        if not may_count(by, need):
            raise Refused(NOT_YOURS)
        _may_be_published(verbatim, need, asked=may_publish)
        outcome = Outcome.objects.create(
            desk=need.desk,
            need=need,
            introduction=introduction,
            fulfilment=fulfilment,
            side=side,
            extent=extent,
            useful=useful,
            verbatim=verbatim.strip(),
            may_publish=may_publish,
            recorded_by=by,
            answered_at=clock.now(),
        )
        _nothing_more_to_ask(need)
        return outcome


def reword(outcome: Outcome, *, by: User | None, seen: str, verbatim: str, may_publish: bool, because: str) -> None:
    """Correct the words of a result, publish them, or withdraw them from publication. The history keeps what was said.

    `seen` are the words that were read: whoever was faster is not overwritten.
    """
    if not because.strip():
        raise Refused("Dites pourquoi ces mots changent.")
    withdrawn = outcome.may_publish and not may_publish
    verb = OutcomeVerb.UNPUBLISHED if withdrawn else OutcomeVerb.REWORDED
    with deed(verb, by=by, because=because):
        if not may_count(by, outcome.need):
            raise Refused(NOT_YOURS)
        now = Outcome.objects.select_for_update(of=("self",)).get(pk=outcome.pk)
        if now.verbatim != seen:
            raise Refused("Ces mots ont changé pendant que vous écriviez. Rechargez la page.")
        _may_be_published(verbatim, outcome.need, asked=may_publish)
        now.verbatim, now.may_publish = verbatim.strip(), may_publish
        now.save(update_fields=["verbatim", "may_publish"])
        outcome.verbatim, outcome.may_publish = now.verbatim, now.may_publish


def _may_be_published(words: str, need: Need, *, asked: bool) -> None:
    """What is published names nobody, whatever the reason there is to keep it at the desk."""
    if asked and not words.strip():
        raise Refused("Notez leurs mots avant de dire qu’ils peuvent être publiés.")
    if asked and privacy.found_in(words, known=[need.organisation.name]):
        raise Refused(NAMES_SOMEBODY)


def record_result(
    *,
    by: User | None,
    need: Need,
    said: Mapping[str, Any] | None,
    counts: Iterable[Counted],
    method: CountMethod = CountMethod.DECLARED,
) -> None:
    """What one telephone call tells: how many people, what one side says of it, or both, in one deed."""
    counted = list(counts)
    if said is None and not counted:
        raise Refused("Comptez les personnes accompagnées, ou notez ce que dit l’un des côtés.")
    verb = OutcomeVerb.COUNTED if said is None else OutcomeVerb.RECORDED
    with deed(verb, by=by, because=str((said or {}).get("because", ""))):
        if said is not None:
            record_outcome(by=by, need=need, **said)
        if counted:
            count_people(by=by, need=need, counts=counted, method=method)


def count_people(
    *, by: User | None, need: Need, counts: Iterable[Counted], method: CountMethod = CountMethod.DECLARED
) -> list[PeopleCount]:
    """Say how many people a need helped, by audience and age band. Said again, a band is corrected, never added."""
    with deed(OutcomeVerb.COUNTED, by=by):
        if not may_count(by, need):
            raise Refused(NOT_YOURS)
        said = list(counts)
        if any(one.people > MOST for one in said):
            raise Refused("C’est plus de cent mille personnes : vérifiez le nombre.")
        rows = [_count(need, one, method) for one in sorted(said, key=lambda one: (one.audience, one.age_band))]
        _nothing_more_to_ask(need)
        return [row for row in rows if row]


def _count(need: Need, said: Counted, method: CountMethod) -> PeopleCount | None:
    key = {"need": need, "audience": said.audience, "age_band": said.age_band}
    row = PeopleCount.objects.select_for_update(of=("self",)).filter(**key).first()
    if row is None and not said.people:
        return None
    row = row or PeopleCount(desk=need.desk, counted_at=clock.now(), **key)
    row.people, row.first_time, row.method = said.people, said.first_time, method
    row.save()
    return row


def _nothing_more_to_ask(need: Need) -> None:
    for allocation in Allocation.objects.filter(need_line__need=need).order_by("pk"):
        overtake_reminders(allocation, [ReminderStep.OUTCOME_ASKED])
