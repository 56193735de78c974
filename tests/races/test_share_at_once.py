"""Marion and Nathalie spread the same commitment at the same instant: one plan is prepared, the other is refused."""

import threading

import pytest
from django.db import connection
from django.db.models import Sum

from callcare.allocations import actions
from callcare.allocations.models import Allocation
from callcare.commitments.models import CommitmentLine
from callcare.core.deeds import Refused
from callcare.introductions.models import Introduction
from callcare.matching.lines import offered_by, this_day
from callcare.matching.sharing import sharing_of
from tests import cast
from tests.races.test_last_unit import guard_off

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
OFFERED = 40


def plan_for(commitment, numbers):
    """Each operator has decided on needs of her own, so that only the stock stands between the two."""
    for number in numbers:
        who = cast.organisation(f"Relais {number}", commune=cast.roubaix())
        cast.need(20, organisation=who)
    line = CommitmentLine.objects.get(commitment=commitment)
    sharing = sharing_of(offered_by(line), today=this_day())
    names = {f"Relais {number}" for number in numbers}
    mine = [one for one in sharing.sharers.values() if one.candidate.organisation_name in names]
    return line, sharing.seen, [actions.Share(one.line, 10, one.seen) for one in mine]


def race():
    """Both prepare 4 × 10 of 40 at once; returns what each was told, and how much is held."""
    commitment = cast.commitment(OFFERED, max_open_introductions=50)
    plans = [(cast.marion(), *plan_for(commitment, range(4))), (cast.nathalie(), *plan_for(commitment, range(4, 8)))]
    start, told = threading.Barrier(2), []

    def prepare(user, line, seen, shares):
        try:
            start.wait()
            made = actions.share(commitment_line=line, shares=shares, seen_stock=seen, by=user)
            told.append(("made", len(made)))
        except Refused as refused:
            told.append(("refused", str(refused)))
        except Exception as error:  # noqa: BLE001  # a deadlock is the failure we look for
            told.append(("broken", repr(error)))
        finally:
            connection.close()

    threads = [threading.Thread(target=prepare, args=plan) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = Allocation.objects.aggregate(all=Sum("qty"))["all"] or 0
    return sorted(told, key=lambda one: one[0]), held


@pytest.mark.parametrize("turn", range(3))
def test_one_plan_is_prepared_and_the_other_says_what_changed(turn):
    (first, made), (second, sentence) = race()[0]
    assert (first, second, made) == ("made", "refused", 4)
    assert "L’engagement a changé entre-temps" in sentence
    assert Allocation.objects.aggregate(all=Sum("qty"))["all"] == OFFERED
    assert Introduction.objects.count() == 4  # nothing of the refused plan is left


@pytest.fixture
def blind(monkeypatch):
    """Nobody looks whether the stock is as it was seen: only the database stands between the two."""
    monkeypatch.setattr("callcare.allocations.actions.sharing._must_be_as_seen", lambda *said: None)


def test_the_database_alone_keeps_the_stock(blind):
    told, held = race()
    assert [one for one, _ in told] == ["made", "refused"]
    assert "Il n’en reste plus" in told[1][1]
    assert held == OFFERED
    assert Introduction.objects.count() == 4


def test_without_both_guards_the_same_race_promises_too_much(blind):
    """Negative control: the race would see an over-promise."""
    with guard_off():
        told, held = race()
    assert [one for one, _ in told] == ["made", "made"]
    assert held == 2 * OFFERED
