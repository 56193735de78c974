"""What the database refuses, tried in raw SQL behind the actions' back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from callcare.allocations import actions
from callcare.allocations.enums import AllocationState, Proof
from callcare.allocations.models import Allocation
from callcare.commitments.models import CommitmentLine
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.needs.models import Need, NeedLine
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def lines():
    return cast.need(12).lines.get(), cast.commitment(10).lines.get()


def promised(lines, qty=4, **over):
    need_line, commitment_line = lines
    return actions.promise(need_line=need_line, commitment_line=commitment_line, qty=qty, by=cast.marion(), **over)


def counters(lines):
    for line in lines:
        line.refresh_from_db()
    return [(line.qty_reserved, line.qty_fulfilled) for line in lines]


def raw(sql, *parameters):
    with deed(cast.CastVerb.ENTERS, by=None), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def test_a_promise_is_counted_on_both_lines(lines):
    promised(lines)
    assert counters(lines) == [(4, 0), (4, 0)]
    assert (lines[0].qty_open, lines[1].qty_free) == (8, 6)


def test_more_than_offered_is_refused_with_the_number_left(lines):
    promised(lines, 7)
    with pytest.raises(Refused, match="Il n’en reste que 3 pièces"):
        promised(lines, 4)
    assert counters(lines) == [(7, 0), (7, 0)]


def test_more_than_asked_is_refused_with_the_number_left():
    lines = cast.need(5).lines.get(), cast.commitment(10).lines.get()
    promised(lines, 3)
    with pytest.raises(Refused, match="n’attend plus que 2 pièces"):
        promised(lines, 3)


def test_one_unit_too_many_in_raw_sql_is_refused(lines):
    allocation = promised(lines, 10)
    with pytest.raises(IntegrityError, match="never_over_promise"):
        Allocation.objects.bulk_create([Allocation(
            desk=allocation.desk, need_line=lines[0], commitment_line=lines[1], qty=1, state="confirmed",
            owner=allocation.owner, next_action_at=allocation.next_action_at,
        )])  # fmt: skip


@pytest.mark.parametrize("table", ["needs_needline", "commitments_commitmentline"])
def test_nobody_writes_a_counter_by_hand(lines, table):
    promised(lines)
    with pytest.raises(Refused, match="tenu par la base"):
        raw(f"UPDATE {table} SET qty_reserved = 0")  # noqa: S608  # two known tables


def test_a_stale_save_does_not_overwrite_a_counter(lines):
    stale = NeedLine.objects.get(pk=lines[0].pk)
    promised(lines)
    with pytest.raises(Refused, match="tenu par la base"), deed(cast.CastVerb.ENTERS, by=None):
        stale.save()


def test_an_allocation_never_changes_its_quantity(lines):
    promised(lines)
    with pytest.raises(Refused, match="ne change ni de lignes ni de quantité"):
        raw("UPDATE allocations_allocation SET qty = 1")


def test_hours_do_not_serve_a_need_of_laptops(lines):
    time = {"category": cast.tutoring(), "kind": "time", "measure": "minute", "unit": cast.unit("hour"), "factor": 60}
    hours = cast.commitment(600, line=time).lines.get()
    with pytest.raises(Refused, match="ne comptent pas la même chose"):
        promised((lines[0], hours))


def test_what_is_only_announced_is_not_promised(lines):
    announced = cast.commitment(5, level="announced", organisation=cast.mill(name="Autre filature")).lines.get()
    with pytest.raises(Refused, match="Confirmez-le d’abord"):
        promised((lines[0], announced))


def test_an_offer_as_needed_has_no_quantity(lines):
    vague = cast.commitment(5, line={"is_countable": False}).lines.get()
    with pytest.raises(Refused, match="selon les besoins"):
        promised((lines[0], vague))


def test_a_need_with_a_promise_does_not_close(lines):
    promised(lines)
    why = cast.reason("withdrawn", "retiré", "close_need")
    with pytest.raises(Refused, match="encore promise"):
        raw("UPDATE needs_need SET state = 'closed', closed_at = now(), close_reason_id = %s", why.pk)
    assert Need.objects.get(pk=lines[0].need_id).state == "open"


def test_a_commitment_with_a_promise_does_not_close(lines):
    promised(lines)
    why = cast.reason("withdrawn", "retiré", "close_commitment")
    with pytest.raises(Refused, match="encore promise"):
        raw("UPDATE commitments_commitment SET state = 'closed', closed_at = now(), close_reason_id = %s", why.pk)


def test_without_the_guard_the_same_attempt_goes_through(lines):
    """Negative control: with the trigger off, ten laptops are promised twenty times over."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE allocations_allocation DISABLE TRIGGER allocation_counts")
    promised(lines, 10)
    promised(lines, 10)
    assert sum(Allocation.objects.values_list("qty", flat=True)) == 20 > CommitmentLine.objects.get().qty_offered


def test_handing_over_goes_up_to_the_promise(lines):
    allocation = promised(lines, 4)
    actions.deliver(allocation, qty=3, by=cast.marion(), proof=Proof.SLIP)
    assert (allocation.state, counters(lines)) == (AllocationState.CONFIRMED, [(4, 3), (4, 3)])
    with pytest.raises(Refused, match="Il ne reste que 1 pièce"):
        actions.deliver(allocation, qty=2, by=cast.marion(), proof=Proof.SLIP)
    actions.deliver(allocation, qty=1, by=cast.marion(), proof=Proof.SLIP)
    assert (allocation.state, counters(lines)) == (AllocationState.FULFILLED, [(4, 4), (4, 4)])


def test_the_rest_is_released_and_what_was_given_stays(lines):
    allocation = promised(lines, 4)
    actions.deliver(allocation, qty=3, by=cast.marion(), proof=Proof.SLIP)
    actions.release(allocation, by=cast.marion(), reason=None, because="le dernier ne démarre pas")
    assert (allocation.state, counters(lines)) == (AllocationState.FULFILLED, [(3, 3), (3, 3)])


def test_a_mistake_is_corrected_never_erased(lines):
    allocation = promised(lines, 4)
    done = actions.deliver(allocation, qty=4, by=cast.marion(), proof=Proof.ORAL)
    with pytest.raises(Refused, match="pourquoi"):
        actions.correct(done, qty=1, by=cast.marion(), because=" ")
    actions.correct(done, qty=1, by=cast.marion(), because="trois seulement ont été remis")
    allocation.refresh_from_db()
    assert (allocation.state, counters(lines)) == (AllocationState.CONFIRMED, [(4, 3), (4, 3)])
    with pytest.raises(Refused, match="pas plus que ce qui a été noté"):
        actions.correct(done, qty=4, by=cast.marion(), because="encore")
    assert allocation.fulfilments.count() == 2


def test_a_returned_loan_is_free_for_a_second_borrower():
    lines = cast.need(12).lines.get(), cast.commitment(10, line={"mode": "loan"}).lines.get()
    allocation = promised(lines, 4)
    actions.deliver(allocation, qty=4, by=cast.marion(), proof=Proof.SIGNATURE)
    actions.take_back(allocation, qty=4, by=cast.marion(), proof=Proof.SIGNATURE)
    assert counters(lines) == [(4, 4), (0, 4)]
    with pytest.raises(Refused, match="pas plus que ce qui a été remis"):
        actions.take_back(allocation, qty=1, by=cast.marion(), proof=Proof.ORAL)


RETURN = (
    "INSERT INTO allocations_fulfilment (desk_id, allocation_id, kind, qty, at, place, proof, note)"
    " VALUES (%s, %s, 'return', 4, now(), '', 'oral', '')"
)


def test_a_gift_does_not_come_back(lines):
    allocation = promised(lines, 4)
    actions.deliver(allocation, qty=4, by=cast.marion(), proof=Proof.SIGNATURE)
    with pytest.raises(Refused, match="C’est un don"):
        actions.take_back(allocation, qty=4, by=cast.marion(), proof=Proof.ORAL)
    with pytest.raises(Refused, match="C’est un don"):
        raw(RETURN, allocation.desk_id, allocation.pk)
    assert counters(lines) == [(4, 4), (4, 4)]


def test_without_the_guard_a_gift_would_come_back(lines):
    """Negative control: with the trigger off, the same words in raw SQL make a given thing promisable again."""
    allocation = promised(lines, 4)
    actions.deliver(allocation, qty=4, by=cast.marion(), proof=Proof.SIGNATURE)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE allocations_fulfilment DISABLE TRIGGER only_loans_return")
    raw(RETURN, allocation.desk_id, allocation.pk)
    assert counters(lines) == [(4, 4), (0, 4)]


def test_a_fulfilment_is_never_rewritten(lines):
    done = actions.deliver(promised(lines), qty=1, by=cast.marion(), proof=Proof.SLIP)
    with pytest.raises(Exception, match="Cannot"):
        done.delete()


def test_a_lapsed_hold_makes_room_for_the_next(lines):
    need_line, commitment_line = lines
    first = actions.hold(need_line=need_line, commitment_line=commitment_line, qty=10, by=cast.marion())
    with clock.at(first.held_until + timedelta(minutes=1)):
        promised(lines, 5)
        first.refresh_from_db()
        assert (first.state, counters(lines)) == (AllocationState.RELEASED, [(5, 0), (5, 0)])


def test_another_desk_cannot_promise(lines):
    with pytest.raises(Refused, match="pas de votre guichet"):
        actions.promise(need_line=lines[0], commitment_line=lines[1], qty=1, by=cast.amelie())


def test_nothing_is_handed_over_tomorrow(lines):
    with pytest.raises(Refused, match="à venir"):
        actions.deliver(promised(lines), qty=1, by=cast.marion(), proof=Proof.SLIP, at=clock.now() + timedelta(days=1))
