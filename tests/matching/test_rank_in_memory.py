"""The copy in memory: what is committed is in the very next answer, what is undone in none, whoever commits late."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from callcare.commitments.models import CommitmentLine
from callcare.core import clock
from callcare.matching import engines, jobs, memory
from callcare.matching.candidates import candidates_for_need
from callcare.matching.lines import this_day, wanted_by
from callcare.matching.models import GoneLine, OfferedLine
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def held(monkeypatch):
    """The copy of this process, empty."""
    copy = memory.Copy()
    monkeypatch.setattr(memory, "HELD", copy)
    return copy


def kept(copy: memory.Copy) -> dict[int, int]:
    """Each line of the copy with what it has free."""
    rows = (zip(one["line"].tolist(), one["free"].tolist(), strict=True) for one in copy.blocks.values())
    return {line: free for block in rows for line, free in block}


def in_the_table() -> dict[int, int]:
    return dict(OfferedLine.objects.values_list("line", "free"))


def set_free(line: int, free: int) -> None:
    """As a trigger of the floors above would: the row changes, whoever writes it."""
    OfferedLine.objects.filter(line=line).update(free=free)


def elsewhere(work):
    """Another connection, as another process would have."""

    def alone():
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(alone).result(timeout=30)


def test_a_change_committed_elsewhere_is_in_the_next_answer(held):
    need, line = cast.need(), cast.commitment().lines.get()
    wanted = wanted_by(need.lines.select_related("need__commune", "category", "unit").get())
    ask = lambda: candidates_for_need(wanted, today=this_day(), engine=engines.by_memory)  # noqa: E731
    assert [one.line for one in ask().candidates] == [line.pk]
    elsewhere(lambda: set_free(line.pk, 0))
    assert not ask().candidates
    elsewhere(lambda: set_free(line.pk, 12))
    assert [one.line for one in ask().candidates] == [line.pk]
    elsewhere(lambda: OfferedLine.objects.filter(line=line.pk).delete())
    assert not ask().looked_at
    assert GoneLine.objects.filter(line=line.pk).exists()


def test_what_is_undone_is_in_no_answer(held):
    line = cast.commitment().lines.get()
    assert held.catch_up()
    before = kept(held)
    with transaction.atomic():
        set_free(line.pk, 3)
        assert not held.catch_up(), "what this transaction wrote may be undone: the copy does not read it"
        transaction.set_rollback(True)
    assert held.catch_up()
    assert kept(held) == before == in_the_table()


def test_whoever_commits_late_is_read(held):
    """Numbers are drawn in one order and committed in another: the reader asks again from the oldest still running."""
    early = cast.commitment().lines.get()
    late = CommitmentLine.objects.exclude(pk=early.pk).first() or cast.commitment(title="autre").lines.get()
    held.catch_up()
    with transaction.atomic():
        set_free(early.pk, 1)  # draws its number first, commits last
        elsewhere(lambda: set_free(late.pk, 2))
        elsewhere(held.catch_up)
        assert kept(held)[late.pk] == 2
        assert kept(held)[early.pk] != 1
    assert held.catch_up()
    assert kept(held) == in_the_table()
    assert kept(held)[early.pk] == 1


def test_a_watermark_that_trusts_the_greatest_number_loses_the_late_one(held):
    """The negative control of the race: asked from above the greatest number seen, the late commit is never read."""
    early = cast.commitment().lines.get()
    late = cast.commitment(title="autre").lines.get()
    held.catch_up()
    with transaction.atomic():
        set_free(early.pk, 1)
        elsewhere(lambda: set_free(late.pk, 2))
        elsewhere(held.catch_up)
        held.since = 1 + elsewhere(lambda: max(OfferedLine.objects.values_list("rev", flat=True)))
    assert held.catch_up()
    assert kept(held)[early.pk] != in_the_table()[early.pk]


def test_the_copy_begins_again_when_it_was_not_looked_at_for_long(held, monkeypatch):
    line = cast.commitment().lines.get()
    held.catch_up()
    OfferedLine.objects.filter(line=line.pk).delete()
    GoneLine.objects.all().delete()  # swept meanwhile
    monkeypatch.setattr(memory, "OLDEST", -1.0)
    held.catch_up()
    assert kept(held) == in_the_table() == {}


def test_small_houses_and_writing_transactions_ask_the_statement(held, settings, monkeypatch):
    need = cast.need()
    cast.commitment()
    wanted = wanted_by(need.lines.select_related("need__commune", "category", "unit").get())
    ask = lambda: candidates_for_need(wanted, today=this_day()).candidates  # noqa: E731
    settings.MEMORY_FROM = 1000
    monkeypatch.setattr(engines, "HOUSE", engines.Size())
    assert ask()
    assert not held.lines, "no copy for a small house"
    settings.MEMORY_FROM = 1
    monkeypatch.setattr(engines, "HOUSE", engines.Size(engines.monotonic(), 1000))
    with transaction.atomic():
        set_free(OfferedLine.objects.get().pk, 12)
        set_free(OfferedLine.objects.get().pk, 11)
        assert ask()
        assert not held.lines
    assert ask()
    assert held.lines == 1
    held.forget()
    monkeypatch.setattr(engines, "HAS_NUMPY", False)
    assert ask()
    assert not held.lines, "without numpy, the statement answers"


def test_the_copy_is_small(held):
    cast.commitment()
    held.catch_up()
    assert memory.ROW_BYTES <= 120
    assert held.bytes <= memory.ROW_BYTES * memory.ROOM * len(held.blocks)


def test_lines_that_left_are_forgotten_after_two_days():
    line = cast.commitment().lines.get()
    OfferedLine.objects.filter(line=line.pk).delete()
    jobs.sweep()
    assert GoneLine.objects.count() == 1
    GoneLine.objects.update(at=clock.now() - timedelta(3))
    jobs.sweep()
    jobs.sweep()
    assert not GoneLine.objects.exists()
