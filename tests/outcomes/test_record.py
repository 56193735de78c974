"""Say what came of it: the people helped are counted, corrected in place, and never added twice."""

import pytest
from django.test import Client
from django.urls import reverse

from callcare.allocations import actions as allocations
from callcare.allocations.enums import Proof
from callcare.catalogue.enums import Audience
from callcare.core.deeds import Refused, deed
from callcare.desk.enums import CaseState, ReminderState, ReminderStep
from callcare.desk.models import Reminder
from callcare.outcomes.actions import Counted, count_people, record_outcome
from callcare.outcomes.enums import AgeBand, Extent, OutcomeVerb
from callcare.outcomes.models import Outcome, PeopleCount
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
    numbers = {"what": "people", "audience": "school", "method": "declared", "people_16-18": "9", "first_time": "4"}
    assert browser.post(page, numbers).status_code == 302
    assert PeopleCount.objects.get().people == 9
    assert 'value="9"' in browser.get(page).content.decode()
    assert "9 personnes accompagnées" in browser.get(reverse("outcomes:of-need", args=[need.ref])).content.decode()


def test_more_first_times_than_people_is_said_beside_the_field(browser):
    page = reverse("outcomes:record", args=[cast.need().ref])
    numbers = {"what": "people", "audience": "school", "method": "declared", "people_16-18": "3", "first_time": "4"}
    answer = browser.post(page, numbers)
    assert answer.status_code == 422
    assert "ne dépasse pas le nombre de personnes" in answer.content.decode()
    assert not PeopleCount.objects.exists()


def test_the_page_warns_of_a_name_in_their_words_and_keeps_them(browser):
    page = reverse("outcomes:record", args=[cast.need().ref])
    said = {"what": "outcome", "side": "asker", "extent": "full", "useful": "oui", "verbatim": "Merci, 06 39 98 12 34"}
    answer = browser.post(page, said, follow=True)
    assert Outcome.objects.get().useful is True
    assert "Le résultat est noté." in answer.content.decode()
    assert answer.content.decode().count('class="notice"') == 2
