"""Many rows in one statement are the rows `bulk_create` would have written."""

from random import Random

import pytest
from django.db import IntegrityError, connection

from callcare.calls.models import CallEvent
from callcare.core import clock
from callcare.core.many import bring_many, put_many
from callcare.core.refs import clean, drawn_from
from callcare.desk.models import Interaction
from tests import cast
from tests.calls import stage

pytestmark = pytest.mark.django_db
TRYING = ["plain", 'with "quotes"', "back\\slash", "brace { , }", "Élodie’s\nsecond line", "", "NULL"]


def event(number: int, **over: object) -> CallEvent:
    facts = {"received_id": f"c{number}", "call_id": f"c{number}", "kind": "answer", "event_key": f"k{number}"}
    return CallEvent(trunk=stage.trunk(), at=clock.now(), **facts | over)


def test_every_kind_of_value_arrives_as_it_was():
    put_many(CallEvent, [event(1, operators=TRYING, number_from='a "b" \\ c', media_seconds=None), event(2)])
    one, two = CallEvent.objects.order_by("event_key")
    assert one.operators == TRYING
    assert (one.number_from, one.media_seconds, one.at.tzinfo is not None) == ('a "b" \\ c', None, True)
    assert two.operators == []


def test_rows_that_are_there_are_left_as_they_are():
    put_many(CallEvent, [event(1, cause="busy")])
    put_many(CallEvent, [event(1, cause="cancel"), event(2)], once=["trunk", "event_key"])
    assert list(CallEvent.objects.order_by("event_key").values_list("cause", flat=True)) == ["busy", ""]
    with pytest.raises(IntegrityError):
        put_many(CallEvent, [event(1)])


@cast.enters
def test_new_rows_get_their_keys_and_references_in_their_order():
    desk = cast.lille_desk()
    rows = [Interaction(desk=desk, summary=f"n° {n}", dispositions=["need", "call_back"]) for n in range(40)]
    put_many(Interaction, rows)
    kept = Interaction.objects.in_bulk([row.pk for row in rows])
    assert [kept[row.pk].summary for row in rows] == [row.summary for row in rows]
    assert all(clean(row.ref) == kept[row.pk].ref for row in rows)
    assert rows[0].dispositions == kept[rows[0].pk].dispositions


@cast.enters
def test_of_so_many_references_drawn_none_is_taken():
    desk = cast.lille_desk()
    with drawn_from(Random(7)):  # noqa: S311
        first = [Interaction(desk=desk) for _ in range(30)]
        put_many(Interaction, first)
    with drawn_from(Random(7)):  # noqa: S311  # the same thirty again: each is taken
        again = [Interaction(desk=desk) for _ in range(30)]
        put_many(Interaction, again)
    assert len({row.ref for row in [*first, *again]}) == 60 == Interaction.objects.count()


def test_within_one_batch_no_reference_is_drawn_twice(monkeypatch):
    drawn = iter(["C-0000-00X", "C-0000-00X", "C-0000-00X", "C-0000-01Y"])
    monkeypatch.setattr("callcare.core.refs.new", lambda letter: next(drawn))
    rows = [Interaction(desk=cast.lille_desk()) for _ in range(2)]
    with cast.deed(cast.CastVerb.ENTERS, by=None):
        put_many(Interaction, rows)
    assert [row.ref for row in rows] == ["C-0000-00X", "C-0000-01Y"]


def test_only_the_columns_named_are_brought_up_to_date():
    put_many(CallEvent, [event(1, cause="busy"), event(2)])
    one, two = CallEvent.objects.order_by("event_key")
    one.cause, one.operators, one.queue = "cancel", TRYING, "not named"
    two.cause, two.media_seconds = "busy", 12
    bring_many(CallEvent, [one, two], ["cause", "operators", "media_seconds"])
    one, two = CallEvent.objects.order_by("event_key")
    assert (one.cause, one.operators, one.queue) == ("cancel", TRYING, "")
    assert (two.cause, two.operators, two.media_seconds) == ("busy", [], 12)


def test_nothing_costs_nothing():
    with connection.execute_wrapper(lambda *words: pytest.fail("a statement for no row")):
        put_many(CallEvent, [])
        bring_many(CallEvent, [], ["cause"])
