"""« En retard » is true: every open fiche has a step behind its date, and its date is that of the first one owed."""

import contextlib
import random
from datetime import UTC, datetime, timedelta

import pytest

from callcare.allocations import actions as allocations
from callcare.allocations.enums import Proof
from callcare.allocations.models import Allocation
from callcare.commitments import actions as commitments
from callcare.commitments.enums import Level
from callcare.commitments.models import Commitment
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk import jobs
from callcare.desk.actions import do_reminder, snooze_reminder, try_reminder
from callcare.desk.actions.cases import LineFacts
from callcare.desk.enums import CaseState, ReminderState, ReminderStep as Step
from callcare.desk.models import Reminder
from callcare.introductions import actions as introductions
from callcare.introductions.enums import LIVE
from callcare.introductions.models import Introduction
from callcare.needs import actions as needs
from callcare.needs.models import Need
from callcare.outcomes.actions import record_outcome
from tests import cast

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ALL = frozenset({"name", "phone", "email"})
OPEN = [CaseState.TO_QUALIFY, CaseState.OPEN, CaseState.ON_HOLD]


def lies() -> list[str]:
    """The live fiches whose date is not that of the first step owed for them; there must be none."""
    live = [
        *Need.objects.filter(state__in=OPEN),
        *Commitment.objects.filter(state__in=OPEN),
        *Introduction.objects.filter(state__in=LIVE),
        *Allocation.objects.filter(state__in=["held", "confirmed"]),
    ]
    first: dict[str, datetime] = {}
    for moves, due_at in Reminder.objects.planned().order_by("-due_at").values_list("moves", "due_at"):
        first |= dict.fromkeys(moves, due_at)
    return [one.ref for one in live if one.next_action_at != first.get(one.ref)]


def recorded(**over) -> Need:
    facts = {
        "by": cast.marion(), "desk": cast.lille_desk(), "organisation": cast.workshop(), "person": cast.claire(),
        "typed": "12 portables", "commune": cast.roubaix(),
        "lines": [LineFacts(category=cast.laptop(), quantity=12)],
    }  # fmt: skip
    return needs.record_need(**facts | over)


def offered(**over) -> Commitment:
    facts = {
        "by": cast.marion(), "desk": cast.lille_desk(), "organisation": cast.mill(), "person": cast.hugo(),
        "typed": "40 portables", "commune": cast.lille(), "level": Level.CONFIRMED,
        "lines": [LineFacts(category=cast.laptop(), quantity=40)],
    }  # fmt: skip
    return commitments.record_commitment(**facts | over)


def step(thing) -> str:
    """What the fiche waits for first."""
    first = min((one for one in Reminder.objects.planned() if thing.ref in one.moves), key=lambda one: one.due_at)
    return first.step


def together(need: Need, commitment: Commitment) -> Introduction:
    return introductions.introduce_now(
        by=cast.marion(), need_line=need.lines.get(), commitment_line=commitment.lines.get(), asker_gives=ALL,
        giver_gives=ALL,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def monday():
    with clock.at(MONDAY):
        yield


def test_a_need_follows_the_introduction_then_the_promise_then_the_delivery():
    need, commitment = recorded(), offered()
    assert step(need) == Step.NO_CANDIDATE
    it = together(need, commitment)
    assert step(need) == Step.NOT_TAKEN
    need.refresh_from_db()
    assert need.next_action_at == it.next_action_at > MONDAY + timedelta(days=6)
    with clock.at(MONDAY + timedelta(days=4)):  # its own search was due on Wednesday: it is not late
        assert not need.is_late
    introductions.take_up(it, by=cast.marion())
    assert step(need) == Step.NO_NEWS
    made = allocations.promise(
        need_line=need.lines.get(), commitment_line=commitment.lines.get(), qty=12, by=cast.marion(), introduction=it
    )
    assert step(need) == Step.LATE_DELIVERY
    assert not lies()
    allocations.deliver(made, qty=5, by=cast.marion(), proof=Proof.ORAL)
    assert not lies()
    introductions.succeed(it, by=cast.marion())
    assert step(need) == Step.LATE_DELIVERY
    assert not lies()


def test_when_nothing_is_under_way_any_more_somebody_looks_for_help_again():
    need, commitment = recorded(), offered()
    it = together(need, commitment)
    with clock.at(MONDAY + timedelta(days=1)):
        introductions.no_help(it, by=cast.marion(), because="les dates ne vont pas")
    assert step(need) == Step.NO_CANDIDATE
    assert step(commitment) == Step.RECONFIRM
    need.refresh_from_db()
    assert need.next_action_at.astimezone(clock.PARIS).date().isoformat() == "2026-03-05"
    assert not lies()


def test_a_promise_of_a_part_leaves_somebody_looking_for_the_rest():
    need, commitment = recorded(), offered()
    lines = {"need_line": need.lines.get(), "commitment_line": commitment.lines.get(), "by": cast.marion()}
    allocations.promise(qty=5, **lines)
    assert {one.step for one in Reminder.objects.planned() if need.ref in one.moves} == {
        Step.LATE_DELIVERY,
        Step.NO_CANDIDATE,
    }
    allocations.promise(qty=7, **lines)
    assert {one.step for one in Reminder.objects.planned() if need.ref in one.moves} == {Step.LATE_DELIVERY}
    assert not lies()


def test_an_offer_is_to_confirm_soon_and_to_check_in_ninety_days():
    commitment = offered(level=Level.ANNOUNCED)
    assert step(commitment) == Step.CONFIRM_OFFER
    commitments.confirm_commitment(commitment, by=cast.marion())
    assert step(commitment) == Step.RECONFIRM
    commitment.refresh_from_db()
    assert commitment.next_action_at == datetime(2026, 6, 1, 7, 0, tzinfo=UTC)  # 31 May is a Sunday
    assert not lies()


def test_what_is_to_qualify_or_on_hold_has_its_step_too():
    need = recorded(lines=[], state=CaseState.TO_QUALIFY)
    assert step(need) == Step.QUALIFY
    needs.add_line(need, by=cast.marion(), facts=LineFacts(category=cast.laptop(), quantity=3))
    needs.open_need(need, by=cast.marion())
    assert step(need) == Step.NO_CANDIDATE
    until = MONDAY + timedelta(days=14)
    needs.hold_need(need, by=cast.marion(), because="vacances", until=until)
    need.refresh_from_db()
    assert (step(need), need.next_action_at) == (Step.RESUME, until)
    assert not lies()


def test_a_step_that_is_done_leads_to_the_next_one():
    need = recorded()
    [search] = Reminder.objects.planned().filter(step=Step.NO_CANDIDATE)
    with clock.at(MONDAY + timedelta(days=3)):
        do_reminder(search, by=cast.marion(), note="Appelé trois entreprises.")
    need.refresh_from_db()
    assert need.next_action_at == MONDAY + timedelta(days=7)  # Thursday + 2 open days
    assert not lies()


def test_a_step_put_off_or_tried_puts_the_date_off():
    need = recorded()
    [search] = Reminder.objects.planned()
    until = MONDAY + timedelta(days=9)
    snooze_reminder(search, by=cast.marion(), until=until)
    need.refresh_from_db()
    assert need.next_action_at == until
    with clock.at(until):
        try_reminder(search, by=cast.marion())
    assert not lies()


def test_a_day_chosen_by_hand_moves_the_step():
    need = recorded()
    day = MONDAY + timedelta(days=20)
    needs.edit_need(need, by=cast.marion(), seen=need.version, next_action_at=day)
    assert (need.next_action_at, step(need)) == (day, Step.NO_CANDIDATE)
    together(need, offered())
    needs.edit_need(need, by=cast.marion(), seen=need.version, next_action_at=day)
    need.refresh_from_db()
    assert step(need) == Step.NOT_TAKEN, "what is owed first comes first"
    assert not lies()


def test_a_colleague_who_comes_second_is_told():
    recorded()
    [search] = Reminder.objects.planned()
    twin = Reminder.objects.get(pk=search.pk)
    do_reminder(search, by=cast.marion())
    with pytest.raises(Refused, match="plus à faire"):
        snooze_reminder(twin, by=cast.nathalie(), until=MONDAY + timedelta(days=3))


def test_a_fiche_without_a_step_is_given_one_by_the_nightly_job():
    need, commitment = cast.need(), cast.commitment()  # written behind the rules
    assert sorted(lies()) == sorted([need.ref, commitment.ref])
    jobs.look_after()
    assert not lies()
    assert step(need) == Step.NO_CANDIDATE
    jobs.look_after()
    assert Reminder.objects.count() == 2


def test_another_desks_offer_keeps_its_own_date():
    commitment = offered(desk=cast.amiens_desk(), by=None, owner=cast.amelie(), sharing="all")
    before = commitment.next_action_at
    need = recorded()
    it = introductions.propose(by=cast.marion(), need_line=need.lines.get(), commitment_line=commitment.lines.get())
    assert Reminder.objects.get(subject_ref=it.ref).moves == sorted([need.ref, it.ref])
    commitment.refresh_from_db()
    assert commitment.next_action_at == before
    assert not lies()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_done_no_date_lies(seed):
    """Sixty deeds at random, allowed or not, over four needs and three offers."""
    chance, marion = random.Random(seed), cast.marion()  # noqa: S311  # a walk, not a secret
    reasons = {
        "served": cast.reason("served", "servi", "close_need"),
        "exhausted": cast.reason("exhausted", "épuisé", "close_commitment"),
        "later": cast.reason("later", "plus tard", "decline", is_final=False),
        "gone": cast.reason("gone", "parti", "close_need", "close_commitment", "release"),
    }
    all_needs = [recorded() for _ in range(4)]
    bodies = [cast.organisation(f"Donneur {n}", kind="company") for n in range(2)]
    offers = [offered(), *(offered(organisation=body, person=None) for body in bodies)]
    at = MONDAY
    for _ in range(60):
        at += timedelta(hours=chance.randint(1, 40))
        with clock.at(at):
            act(chance, marion, all_needs, offers, reasons)
            assert not lies()
    assert Introduction.objects.count() > 1, "the walk went somewhere"
    assert Reminder.objects.filter(state=ReminderState.OVERTAKEN).count() > 2
    assert Allocation.objects.exists()


def act(chance, by, all_needs, offers, reasons) -> None:
    need = Need.objects.get(pk=chance.choice(all_needs).pk)
    offer = Commitment.objects.get(pk=chance.choice(offers).pk)
    it = chance.choice([*Introduction.objects.select_related("need", "giver", "desk", "commitment"), None])
    made = chance.choice([*Allocation.objects.all(), None])
    owed = chance.choice(list(Reminder.objects.planned()))
    lines = {"need_line": need.lines.get(), "commitment_line": offer.lines.get(), "by": by}
    soon = clock.now() + timedelta(days=3)
    deeds = [
        *[lambda: introductions.propose(**lines)] * 3,
        lambda: introductions.introduce_now(asker_gives=ALL, giver_gives=ALL, giver_person=cast.hugo(), **lines),
        lambda: needs.close_need(need, by=by, reason=reasons["gone"]),
        lambda: needs.reopen_need(need, by=by, because="finalement"),
        lambda: needs.hold_need(need, by=by, because="congés", until=soon),
        lambda: needs.open_need(need, by=by),
        lambda: commitments.close_commitment(offer, by=by, reason=reasons["gone"]),
        lambda: commitments.reopen_commitment(offer, by=by, because="finalement"),
        lambda: commitments.confirm_commitment(offer, by=by),
        lambda: allocations.promise(qty=chance.randint(1, 9), **lines),
        lambda: allocations.hold(qty=chance.randint(1, 9), **lines),
        allocations.release_lapsed,
        lambda: do_reminder(owed, by=by),
        lambda: try_reminder(owed, by=by),
        lambda: snooze_reminder(owed, by=by, until=soon),
        lambda: introductions.follow_up(cast.lille_desk()),
        lambda: record_outcome(by=by, need=need, side="asker", extent="full"),
    ]
    if it:
        deeds += [
            lambda: introductions.take_up(it, by=by),
            lambda: introductions.succeed(it, by=by),
            lambda: introductions.expire(it),
            lambda: introductions.cancel(it, by=by, because="erreur"),
            lambda: introductions.decline(it, side="giver", reason=reasons["later"], by=by),
            lambda: introductions.reopen(it, by=by, because="encore"),
        ]
    if made:
        left = made.qty - made.qty_fulfilled - made.qty_released
        deeds += [
            lambda: allocations.deliver(made, qty=max(1, left - chance.randint(0, 2)), by=by, proof=Proof.ORAL),
            lambda: allocations.confirm(made, by=by),
            lambda: allocations.release(made, by=by, reason=reasons["gone"]),
            lambda: (
                allocations.correct(made.fulfilments.first(), qty=1, by=by, because="erreur")
                if made.fulfilments.exists()
                else None
            ),
        ]
    with contextlib.suppress(Refused):  # a no is an answer; what matters is that nothing half done stays behind
        chance.choice(deeds)()


def test_a_date_that_lies_is_seen():
    """The control: a step overtaken behind the rules leaves a date without anything behind it."""
    need = recorded()
    with deed(cast.CastVerb.ENTERS, by=None):
        Reminder.objects.update(state=ReminderState.OVERTAKEN)
    assert lies() == [need.ref]
