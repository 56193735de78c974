"""The figures of the telephone, against numbers worked out by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from callcare.calls import figures
from callcare.calls.figures import Scope
from callcare.calls.models import Presence
from callcare.calls.rules import counting
from callcare.calls.rules.counting import Owed, Period, Received, erlang_b, measures
from callcare.core import clock
from callcare.desk import actions as desk
from callcare.desk.models import Interaction
from tests import cast
from tests.calls import stage
from tests.calls.test_hear_calls import TUESDAY, after, answered, missed

TEN = TUESDAY
NINE = timedelta(hours=9)


def came(second: float, wait: float, *, talk: float | None = None, cause: str = "noAnswer", **more) -> Received:
    started = TEN + timedelta(seconds=second)
    picked = started + timedelta(seconds=wait)
    ended = picked + timedelta(seconds=talk or 0)
    facts = {"answered_at": picked, "operator": 1, "cause": "normalClearing"} if talk is not None else {"cause": cause}
    return Received(started_at=started, ended_at=ended, **facts | more)


# Ten calls in hours: six answered, one hung up at once, two missed, one voice message.
TEN_CALLS = [
    *(came(600 * place, wait, talk=120) for place, wait in enumerate((4, 8, 12, 18, 25, 40))),
    came(6000, 3, cause="cancel"),
    came(6600, 20),
    came(7200, 25, cause="busy"),
    came(7800, 22, cause="normalClearing"),
]


def value(period: Period, code: str):
    [found] = [one for one in measures(period) if one.code == code]
    return found.value


def test_the_ten_calls_everybody_can_count():
    period = Period(contacts=TEN_CALLS)
    assert value(period, "answer_rate") == 6 / 9
    assert value(period, "service_level") == 4 / 9
    assert round(value(period, "wait_mean"), 1) == 17.8
    assert value(period, "wait_median") == 12
    assert value(period, "wait_p90") == 40
    assert value(period, "short") == 1
    assert value(period, "abandoned") == 0
    assert value(period, "handled") == 6
    assert value(period, "talk") == 120


def test_nothing_divided_by_nothing_is_no_value():
    empty = {one.code: one.value for one in measures(Period(contacts=[]))}
    counts = {"offered", "handled", "short", "out_of_hours"}
    assert {code for code, value in empty.items() if value is not None} == counts
    assert all(empty[code] == 0 for code in counts)


def test_the_wrap_up_stops_at_the_next_answer_and_after_half_an_hour():
    first = came(0, 5, talk=60, final_at=TEN + timedelta(seconds=500))
    second = came(200, 5, talk=60, final_at=TEN + timedelta(hours=3))
    other = came(0, 5, talk=60, final_at=TEN + timedelta(seconds=95), operator=2)
    assert sorted(span.total_seconds() for span in counting.wrap_ups([second, other, first])) == [30, 140, 1800]


def test_a_call_out_of_hours_is_counted_apart():
    period = Period(contacts=[came(0, 5, talk=9), came(60, 9, in_hours=False)])
    assert (value(period, "out_of_hours"), value(period, "answer_rate")) == (1, 1)


def test_settled_at_the_first_call_unless_the_number_calls_again_within_a_week():
    once = came(0, 5, talk=9, caller="+33353011201")
    twice = [came(day * 86400, 5, talk=9, caller="+33353011202") for day in (0, 3)]
    late = [came(day * 86400, 5, talk=9, caller="+33353011203") for day in (0, 9)]
    hidden = came(0, 5, talk=9)
    period = Period(contacts=[once, *twice, *late, hidden])
    assert value(period, "resolution") == 4 / 5


def test_who_was_missed_is_recovered_when_she_is_spoken_to_within_the_open_day():
    lost = [came(0, 20, caller=f"+3335301120{n}") for n in (1, 2, 3)]
    lost.append(came(30, 20))  # a hidden number is in no denominator
    reached = [("+33353011201", TEN + timedelta(hours=2)), ("+33353011202", TEN + timedelta(hours=30))]
    assert value(Period(contacts=lost, reached=reached), "recovery") == 1 / 3


def test_call_backs_in_time():
    owed = [
        Owed(due_at=TEN, tried_at=TEN), Owed(due_at=TEN, tried_at=TEN + timedelta(minutes=1)),
        Owed(due_at=TEN, tried_at=None),
    ]  # fmt: skip
    assert value(Period(contacts=[], owed=owed), "call_backs") == 1 / 3


def test_the_load_of_the_pilot():
    """3.3 calls an hour of ten minutes each: 9 % find two operators busy, 36 % find one (desk.md § 1)."""
    assert round(erlang_b(0.55, 2), 3) == 0.089
    assert round(erlang_b(0.55, 1), 2) == 0.35


moments = st.integers(0, 50_000)
some = st.builds(
    came,
    moments,
    st.integers(0, 90),
    talk=st.none() | st.integers(0, 3000),
    cause=st.sampled_from(["cancel", "busy", "noAnswer"]),
    in_hours=st.booleans(),
    caller=st.sampled_from(["", "+33353011201", "+33353011202"]),
)


@given(st.lists(some, max_size=25), st.randoms(use_true_random=False))
def test_figures_forget_the_order_and_shares_are_shares(contacts, luck):
    period = Period(contacts=contacts)
    mixed = list(contacts)
    luck.shuffle(mixed)
    assert [(one.code, one.value, one.n) for one in measures(Period(contacts=mixed))] == [
        (one.code, one.value, one.n) for one in measures(period)
    ]
    assert all(0 <= one.value <= 1 for one in measures(period) if one.unit == "%" and one.value is not None)
    assert len(period.offered) == len(period.answered) + len(period.lost) + sum(one.is_short for one in period.offered)


# --- from the rows -------------------------------------------------------------------------------------------------


@pytest.fixture
def month():
    with clock.at(TUESDAY + timedelta(hours=5)):
        yield lambda: Scope(TUESDAY.date(), TUESDAY.date(), [cast.lille_desk()])


@pytest.mark.django_db
def test_rows_become_contacts(month):
    cast.marion()
    with clock.at(TUESDAY + timedelta(minutes=2)):
        stage.hear(*answered("a"), *missed("b", begins=120), *missed("essai-x", begins=130))
        stage.hear(stage.said("newCall", "still-ringing", at=after(100)))
    with clock.at(TUESDAY + timedelta(minutes=4)):
        contact = Interaction.objects.get(calls__call_id="a")
        desk.finish_interaction(contact, by=cast.marion(), dispositions=["information"])
    contacts = figures.received(month())
    assert [(one.answered_at is not None, one.final_at is not None) for one in contacts] == [
        (True, True),
        (False, False),
    ]
    found = {one.code: one.value for one in figures.measures(month(), contacts)}
    assert (found["answer_rate"], found["wait_median"], found["wrap_up"]) == (0.5, 6, 150)
    assert figures.of_operator(contacts, cast.marion()).answered == 1
    assert figures.of_operator(contacts, cast.nathalie()) is None


@pytest.mark.django_db
def test_two_screens_of_one_operator_are_one_presence(month):
    hour = timedelta(hours=1)
    for begins, ends in ((0, 2), (1, 3), (-5, 0)):  # the last one before the desk opens, but for one hour
        Presence.objects.create(
            desk=cast.lille_desk(),
            operator=cast.marion(),
            began_at=TUESDAY + begins * hour,
            seen_at=TUESDAY + ends * hour,
        )
    assert figures.presence_hours(month(), figures._presences(month())) == 4


@pytest.mark.django_db
def test_the_heat_map_covers_the_week():
    contacts = [came(0, 5, talk=9), came(60, 20), came(7200, 5, talk=9)]
    lines = figures.week(contacts)
    tuesday = lines[1]
    assert [(cell.hour, cell.n, cell.lost) for cell in tuesday if cell.n] == [(10, 2, 1), (12, 1, 0)]
    assert (len(lines), {cell.level for cell in tuesday}) == (5, {0, 2, 4})


@pytest.mark.django_db
def test_the_page_says_what_each_figure_means(client, month):
    cast.marion()
    with clock.at(TUESDAY + timedelta(minutes=2)):
        stage.hear(*answered("a"), *missed("b", begins=60))
    client.force_login(cast.marion())
    page = client.get("/guichet/telephone/chiffres/").content.decode()
    assert "Décrochés ÷ appels reçus, sans les appels courts." in page
    assert "50\u202f%" in page or "50\u00a0%" in page
    assert "mardi 6 avril" in page.lower()


@pytest.mark.django_db
def test_an_operator_counts_her_own_desk_only(client, month):
    with clock.at(TUESDAY + timedelta(minutes=2)):
        stage.hear(*missed("b"))
    client.force_login(cast.amelie())
    assert "Aucun appel dans cette période" in client.get("/guichet/telephone/chiffres/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["?du=hier", "?du=2021-04-09&au=2021-04-01", "?guichet=nulle-part", "?du=0001-01-01&au=9999-12-30"]
)
def test_a_period_said_wrongly_breaks_nothing(client, query):
    client.force_login(cast.marion())
    assert client.get(f"/guichet/telephone/chiffres/{query}").status_code == 200


def test_utc_is_not_paris():
    late = Received(
        started_at=datetime(2021, 4, 6, 22, 30, tzinfo=UTC), ended_at=datetime(2021, 4, 6, 22, 31, tzinfo=UTC)
    )
    [row] = figures.by_day([late])
    assert str(row.key) == "2021-04-07"
