"""Many rows in one statement are the rows `bulk_create` would have written."""

import pytest
from django.db import IntegrityError, connection

from callcare.calls.models import CallEvent
from callcare.core import clock
from callcare.core.many import put_many
from callcare.core.refs import clean
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


def test_rows_that_are_there_are_left_or_brought_up_to_date():
    put_many(CallEvent, [event(1, cause="busy")])
    put_many(CallEvent, [event(1, cause="cancel"), event(2)], once=["trunk", "event_key"])
    assert list(CallEvent.objects.order_by("event_key").values_list("cause", flat=True)) == ["busy", ""]
    put_many(CallEvent, [event(1, cause="cancel")], once=["trunk", "event_key"], updates=["cause"])
    assert CallEvent.objects.get(event_key="k1").cause == "cancel"
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


def test_nothing_costs_nothing():
    with connection.execute_wrapper(lambda *words: pytest.fail("a statement for no row")):
        put_many(CallEvent, [])
