"""Thirty-two writers, one stock: exactly what exists is promised, in every run, and the test would see it if not."""

import random
import threading
from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.models import Sum

from callcare.allocations import actions
from callcare.allocations.models import Allocation
from callcare.commitments.models import CommitmentLine
from callcare.core.deeds import Refused
from callcare.needs.models import NeedLine
from tests import cast

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
WRITERS, OFFERED, TRIES_EACH = 32, 40, 4


@contextmanager
def guard_off():
    """The negative control's world: the counting trigger does not fire."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE allocations_allocation DISABLE TRIGGER allocation_counts")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE allocations_allocation ENABLE TRIGGER allocation_counts")


def race(seed):
    """Every writer promises one to three units to a need of her own, all at once. Returns (promised, errors)."""
    marion = cast.marion()
    stock = cast.commitment(OFFERED).lines.get()
    needs = [cast.need(TRIES_EACH * 3).lines.get() for _ in range(WRITERS)]
    start, errors = threading.Barrier(WRITERS), []

    def write(line, draw):
        try:
            start.wait()
            for _ in range(TRIES_EACH):
                try:
                    actions.promise(need_line=line, commitment_line=stock, qty=draw.randint(1, 3), by=marion)
                except Refused:
                    continue
        except Exception as error:  # noqa: BLE001  # a deadlock or a crash of any writer is the failure we look for
            errors.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=write, args=[line, random.Random(seed * 100 + number)])  # noqa: S311
        for number, line in enumerate(needs)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    promised = Allocation.objects.filter(commitment_line=stock).aggregate(all=Sum("qty"))["all"]
    return stock, promised, errors


@pytest.mark.parametrize("seed", range(3))
def test_exactly_what_exists_is_promised(seed):
    stock, promised, errors = race(seed)
    assert errors == []
    # Every writer goes on to single units, so the last one is always taken: 38 or 39 would be a lost promise.
    while promised < OFFERED:
        line = NeedLine.objects.filter(qty_open__gt=0).order_by("pk").first()
        actions.promise(need_line=line, commitment_line=stock, qty=1, by=cast.marion())
        promised += 1
    stock.refresh_from_db()
    assert (promised, stock.qty_reserved, stock.qty_free) == (OFFERED, OFFERED, 0)
    line = NeedLine.objects.filter(qty_open__gt=0).order_by("pk").first()
    with pytest.raises(Refused, match="plus"):
        actions.promise(need_line=line, commitment_line=stock, qty=1, by=cast.marion())


def test_without_the_guard_the_same_race_promises_too_much():
    """Negative control: the race above really finds an over-promise when nothing counts."""
    with guard_off():
        _, promised, _ = race(0)
    assert promised > OFFERED


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(40))
def test_exactly_what_exists_is_promised_in_every_run(seed):
    _, promised, errors = race(seed)
    assert errors == []
    assert promised <= OFFERED
    assert CommitmentLine.objects.get().qty_reserved == promised
