"""Say what came of it: the people helped are counted, corrected in place, and never added twice."""

import pytest
from django.test import Client
from django.urls import reverse

from callcare.allocations import actions as allocations
from callcare.allocations.enums import Proof
from callcare.catalogue.enums import Audience
from callcare.core import clock
from callcare.core.deeds import Refused, deed, timeline
from callcare.desk.enums import CaseState, ReminderState, ReminderStep
from callcare.desk.models import Reminder
from callcare.outcomes.actions import Counted, count_people, record_outcome
from callcare.outcomes.enums import AgeBand, Extent, OutcomeVerb
from callcare.outcomes.models import Outcome, PeopleCount
from callcare.report.figures import Scope, thanks
from callcare.report.rules import Period
from tests import cast

pytestmark = pytest.mark.django_db


def told(people: int, first_time: int = 0, band: AgeBand = AgeBand.SIXTEEN) -> list[Counted]:
    return [Counted(Audience.SCHOOL, band, people, first_time)]


def test_people_are_counted_by_age_band():
    need = cast.need()
    counts = [*told(9), *told(5, band=AgeBand.YOUNG)]
    rows = count_people(by=cast.marion(), need=need, counts=counts)
    assert sorted(row.people for row in rows) == [5, 9]
    assert {row.desk for row in rows} == {need.desk}


def test_said_again_a_band_is_corrected_and_never_added():
    need = cast.need()
    count_people(by=cast.marion(), need=need, counts=told(9, 4))
    count_people(by=cast.nathalie(), need=need, counts=told(7, 2))
    row = PeopleCount.objects.get()
    assert (row.people, row.first_time) == (7, 2)


def test_nobody_helped_writes_no_row_and_empties_one():
    need = cast.need()
    assert count_people(by=cast.marion(), need=need, counts=told(0)) == []
    count_people(by=cast.marion(), need=need, counts=told(3))
    count_people(by=cast.marion(), need=need, counts=told(0))
    assert PeopleCount.objects.get().people == 0


def test_first_time_is_a_part_of_the_people():
    with pytest.raises(Refused, match="ne dépasse pas"):
        count_people(by=cast.marion(), need=cast.need(), counts=told(3, 4))
    assert not PeopleCount.objects.exists()


def test_the_database_counts_a_band_once():
    """The negative control: without the action, the constraint still stands."""
    need = cast.need()
    [row] = count_people(by=cast.marion(), need=need, counts=told(3))
    row.pk = None
    with pytest.raises(Refused), deed(OutcomeVerb.COUNTED, by=None):
        PeopleCount.objects.create(desk=row.desk, need=need, audience=row.audience, age_band=row.age_band, people=1)


def test_a_slip_of_the_finger_is_no_crowd():
    with pytest.raises(Refused, match="cent mille"):
        count_people(by=cast.marion(), need=cast.need(), counts=told(100_001))


def test_another_desk_neither_counts_nor_tells():
    need = cast.need()
    with pytest.raises(Refused):
        count_people(by=cast.amelie(), need=need, counts=told(3))
    with pytest.raises(Refused):
        record_outcome(by=cast.amelie(), need=need, side="asker", extent=Extent.FULL)
    assert not PeopleCount.objects.exists()
    assert not Outcome.objects.exists()


def test_words_are_published_only_when_there_are_some():
    need = cast.need()
    with pytest.raises(Refused, match="Notez leurs mots"):
        record_outcome(by=cast.marion(), need=need, side="asker", extent=Extent.FULL, may_publish=True, verbatim="  ")
    words = {"verbatim": " Merci. ", "may_publish": True}
    said = record_outcome(by=cast.marion(), need=need, side="asker", extent=Extent.PART, useful=True, **words)
    assert (said.verbatim, said.may_publish, said.recorded_by) == ("Merci.", True, cast.marion())


def test_the_answer_ends_the_reminder_that_asked_for_it():
    need = cast.need()
    given = allocations.promise(
        need_line=need.lines.get(), commitment_line=cast.commitment().lines.get(), qty=5, by=cast.marion()
    )
    allocations.deliver(given, qty=5, by=cast.marion(), proof=Proof.ORAL)
    asked = Reminder.objects.filter(step=ReminderStep.OUTCOME_ASKED)
    assert asked.get().state == ReminderState.PLANNED
    count_people(by=cast.marion(), need=need, counts=told(5))
    assert asked.get().state != ReminderState.PLANNED


def test_the_last_hand_over_closes_the_need_and_the_exhausted_commitment():
    cast.reason("served", "servi", "close_need")
    cast.reason("exhausted", "épuisé", "close_commitment")
    need, commitment = cast.need(12), cast.commitment(12)
    given = allocations.promise(
        need_line=need.lines.get(), commitment_line=commitment.lines.get(), qty=12, by=cast.marion()
    )
    allocations.deliver(given, qty=11, by=cast.marion(), proof=Proof.ORAL)
    assert _states(need, commitment) == (CaseState.OPEN, CaseState.OPEN)
    allocations.deliver(given, qty=1, by=cast.marion(), proof=Proof.ORAL)
    assert _states(need, commitment) == (CaseState.CLOSED, CaseState.CLOSED)
    assert (need.close_reason.code, commitment.close_reason.code) == ("served", "exhausted")


def test_a_correction_opens_again_what_the_mistake_had_closed():
    cast.reason("served", "servi", "close_need")
    cast.reason("exhausted", "épuisé", "close_commitment")
    need, commitment = cast.need(6), cast.commitment(6)
    given = allocations.promise(
        need_line=need.lines.get(), commitment_line=commitment.lines.get(), qty=6, by=cast.marion()
    )
    done = allocations.deliver(given, qty=6, by=cast.marion(), proof=Proof.ORAL)
    assert _states(need, commitment) == (CaseState.CLOSED, CaseState.CLOSED)
    allocations.correct(done, qty=2, by=cast.marion(), because="quatre seulement ont été remis")
    given.refresh_from_db()
    assert (_states(need, commitment), given.state) == ((CaseState.OPEN, CaseState.OPEN), "confirmed")
    assert (need.close_reason, commitment.close_reason, need.lines.get().qty_fulfilled) == (None, None, 4)
    allocations.deliver(given, qty=2, by=cast.marion(), proof=Proof.ORAL)
    assert _states(need, commitment) == (CaseState.CLOSED, CaseState.CLOSED)


def test_a_correction_without_a_reason_opens_nothing():
    cast.reason("served", "servi", "close_need")
    need, commitment = cast.need(6), cast.commitment(8)
    given = allocations.promise(
        need_line=need.lines.get(), commitment_line=commitment.lines.get(), qty=6, by=cast.marion()
    )
    done = allocations.deliver(given, qty=6, by=cast.marion(), proof=Proof.ORAL)
    with pytest.raises(Refused, match="pas plus que ce qui a été noté"):
        allocations.correct(done, qty=7, by=cast.marion(), because="trop")
    assert _states(need, commitment) == (CaseState.CLOSED, CaseState.OPEN)


def test_a_loan_is_never_exhausted():
    cast.reason("served", "servi", "close_need")
    cast.reason("exhausted", "épuisé", "close_commitment")
    need, commitment = cast.need(12), cast.commitment(12, line={"mode": "loan"})
    given = allocations.promise(
        need_line=need.lines.get(), commitment_line=commitment.lines.get(), qty=12, by=cast.marion()
    )
    allocations.deliver(given, qty=12, by=cast.marion(), proof=Proof.ORAL)
    assert _states(need, commitment) == (CaseState.CLOSED, CaseState.OPEN)


def _states(*cases) -> tuple[str, ...]:
    for case in cases:
        case.refresh_from_db()
    return tuple(case.state for case in cases)


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.force_login(cast.marion())
    return client


def test_the_page_counts_and_shows_what_was_counted(browser):
    need = cast.need()
    page = reverse("outcomes:record", args=[need.ref])
    numbers = {"audience": "school", "method": "declared", "people_16-18": "9", "first_time": "4", "side": "asker"}
    assert browser.post(page, numbers).status_code == 302
    assert PeopleCount.objects.get().people == 9
    assert 'value="9"' in browser.get(page).content.decode()
    assert "9 personnes accompagnées" in browser.get(reverse("outcomes:of-need", args=[need.ref])).content.decode()


def test_more_first_times_than_people_is_said_beside_the_field(browser):
    page = reverse("outcomes:record", args=[cast.need().ref])
    numbers = {"audience": "school", "method": "declared", "people_16-18": "3", "first_time": "4", "side": "asker"}
    answer = browser.post(page, numbers)
    assert answer.status_code == 422
    assert "ne dépasse pas le nombre de personnes" in answer.content.decode()
    assert not PeopleCount.objects.exists()


THANKS = "Merci de la part de Kevin Dupont, né le 03/04/2009, 06 12 34 56 78"
SAID = {"audience": "school", "method": "declared", "side": "asker", "extent": "full", "useful": "oui"}


def test_the_page_warns_of_a_name_in_their_words_before_it_writes_them(browser):
    page = reverse("outcomes:record", args=[cast.need().ref])
    told = SAID | {"verbatim": THANKS, "may_publish": "on"}
    answer = browser.post(page, told)
    assert answer.status_code == 422
    assert "On dirait une date de naissance".lower() in answer.content.decode().lower()
    assert not Outcome.objects.exists()
    kept = told | {"keep_because": "la famille a insisté"}
    answer = browser.post(page, kept)
    assert answer.status_code == 422
    assert "sans les publier" in answer.content.decode()
    assert not Outcome.objects.exists()
    del kept["may_publish"]
    assert browser.post(page, kept).status_code == 302
    outcome = Outcome.objects.get()
    assert (outcome.verbatim, outcome.may_publish, outcome.useful) == (THANKS, False, True)


def test_whatever_the_page_words_that_name_somebody_are_not_published():
    facts = {"by": cast.marion(), "need": cast.need(), "side": "asker", "extent": Extent.FULL}
    with pytest.raises(Refused, match="sans les publier"):
        record_outcome(**facts, verbatim=THANKS, may_publish=True)
    assert not Outcome.objects.exists()
    fine = record_outcome(**facts, verbatim="Merci à l’Atelier du Canal.", may_publish=True)
    assert fine.may_publish


def test_the_numbers_and_the_words_are_sent_together_and_nothing_typed_is_lost(browser):
    page = reverse("outcomes:record", args=[cast.need().ref])
    told = SAID | {"people_16-18": "9", "first_time": "10", "verbatim": "Tout sert, merci."}
    answer = browser.post(page, told)
    assert answer.status_code == 422
    assert "Tout sert, merci." in answer.content.decode()
    assert 'data-key="ctrl+enter"' in answer.content.decode()
    assert browser.post(page, told | {"first_time": "4"}).status_code == 302
    assert (PeopleCount.objects.get().people, Outcome.objects.get().verbatim) == (9, "Tout sert, merci.")


def test_a_page_left_as_it_was_writes_nothing_and_says_what_is_missing(browser):
    need = cast.need()
    count_people(by=cast.marion(), need=need, counts=told(3))
    page = reverse("outcomes:record", args=[need.ref])
    shown = {"audience": "school", "method": "declared", "people_16-18": "3", "side": "asker"}
    answer = browser.post(page, shown)
    assert answer.status_code == 422
    assert "Comptez les personnes" in answer.content.decode()
    answer = browser.post(page, shown | {"verbatim": "Merci."})
    assert "Dites si l’aide a été reçue." in answer.content.decode()
    assert not Outcome.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_published_words_are_corrected_or_withdrawn_with_a_reason_and_the_history_keeps_them(browser):
    need = cast.need()
    facts = {"by": cast.marion(), "need": need, "side": "asker", "extent": Extent.FULL}
    said = record_outcome(**facts, verbatim="Merci beaucoup.", may_publish=True)
    page = reverse("outcomes:words", args=[need.ref, said.pk])
    assert page in browser.get(reverse("report:review")).content.decode()
    change = {"seen": "Merci beaucoup.", "verbatim": "Merci.", "may_publish": "on"}
    assert browser.post(page, change).status_code == 422  # without a reason
    assert browser.post(page, change | {"because": "plus court"}).status_code == 302
    stale = browser.post(page, change | {"because": "encore"})
    assert "ont changé" in stale.content.decode()
    assert browser.post(page, {"seen": "Merci.", "verbatim": "Merci.", "because": "à leur demande"}).status_code == 302
    said.refresh_from_db()
    assert (said.verbatim, said.may_publish) == ("Merci.", False)
    assert "Merci." not in browser.get(reverse("report:review")).content.decode()
    lines = timeline(said)
    assert [line.verb for line in lines] == ["outcome.recorded", "outcome.reworded", "outcome.unpublished"]
    assert lines[1].changes["verbatim"] == ("Merci beaucoup.", "Merci.")
    assert lines[2].because == "à leur demande"


def test_words_written_before_the_guard_do_not_head_the_review():
    need = cast.need()
    with deed(OutcomeVerb.RECORDED, by=None):
        Outcome.objects.create(
            desk=need.desk, need=need, side="asker", extent=Extent.FULL, verbatim=THANKS, may_publish=True
        )
    fine = record_outcome(
        by=cast.marion(), need=need, side="asker", extent=Extent.FULL, verbatim="Merci.", may_publish=True
    )
    today = clock.today()
    scope = Scope(period=Period(today, today), desks=(need.desk_id,))
    assert thanks(scope) == [fine]
