"""Two rounds of the night at the same instant: one is made. And were both made, no pair would be raised twice."""

import threading
from contextlib import contextmanager

import pytest
from django.db import connection

from callcare.matching import actions
from callcare.matching.actions import rounds
from callcare.matching.models import Round, Suggestion
from tests import cast

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NEEDS = 12


def race():
    """Both begin once both have looked; returns what each was told."""
    for number in range(NEEDS):
        cast.need(2, organisation=cast.organisation(f"Relais {number}", commune=cast.roubaix()))
        cast.commitment(2, organisation=cast.organisation(f"Maison {number}", kind="company"))
    start, told = threading.Barrier(2), []

    def make():
        try:
            start.wait()
            made = actions.make_round(by=None)
            told.append(made.kept if made else None)
        except Exception as error:  # noqa: BLE001  # a deadlock is the failure we look for
            told.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def test_one_is_made_and_the_other_does_nothing_or_comes_after():
    told = race()
    assert set(told) <= {NEEDS, None}
    assert NEEDS in told
    assert Round.objects.count() == len([one for one in told if one])
    assert Suggestion.objects.filter(is_current=True).count() == NEEDS


def test_while_one_is_under_way_another_is_refused():
    """The lock of one connection is seen from another."""
    told = []

    def other():
        told.append(actions.make_round(by=None))
        connection.close()

    with rounds._turn() as is_ours:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert is_ours
    assert told == [None]
    assert not Round.objects.exists()
    assert actions.make_round(by=None)  # the lock went with the first


@pytest.fixture
def unlocked(monkeypatch):
    """Nobody takes turns: only the rows stand between the two."""

    @contextmanager
    def anybody():
        yield True

    monkeypatch.setattr(rounds, "_turn", anybody)
    monkeypatch.setattr(rounds, "WRITTEN", 3)


@pytest.mark.parametrize("turn", range(3))
def test_were_both_made_no_pair_would_be_there_twice(unlocked, turn):
    assert race() == [NEEDS, NEEDS]
    assert Round.objects.count() == 2
    assert Suggestion.objects.count() == NEEDS
    assert Suggestion.objects.filter(is_current=True).count() == NEEDS
