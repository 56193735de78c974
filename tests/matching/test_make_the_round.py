"""The round of the night: what it raises and never repeats, that no stock is raised twice, and how it is cut short."""

from contextlib import suppress
from datetime import timedelta

import pytest

from callcare.core import clock
from callcare.core.deeds import deed, timeline
from callcare.matching import actions, suggesting
from callcare.matching.actions import rounds
from callcare.matching.columns import Columns
from callcare.matching.enums import News
from callcare.matching.memory import Copy
from callcare.matching.models import Dismissal, OfferedLine, Round, Suggestion
from callcare.matching.rules.suggesting import Policy
from tests import cast
from tests.matching.test_trust_the_ranking import some_lines

pytestmark = pytest.mark.django_db
MONDAY = clock.datetime(2026, 11, 23, 5, 10, tzinfo=clock.PARIS)
NIGHT = timedelta(days=1)


@pytest.fixture(autouse=True)
def monday():
    with clock.at(MONDAY):
        yield


def nights(number: int):
    """So many nights after the first."""
    return clock.at(MONDAY + number * NIGHT)


def changing():
    """Somebody changes a row, meanwhile."""
    return deed(cast.CastVerb.ENTERS, by=None)


def raised() -> list[tuple[str, str]]:
    rows = Suggestion.objects.filter(is_current=True).order_by("need_line", "commitment_line")
    names = ("need_line__need__organisation__name", "commitment_line__commitment__organisation__name")
    return list(rows.values_list(*names))


def everything() -> list[tuple]:
    fields = [field.attname for field in Suggestion._meta.concrete_fields if field.attname != "id"]
    return list(Suggestion.objects.order_by("need_line", "commitment_line").values_list(*fields))


def only() -> Suggestion:
    return Suggestion.objects.get()


def test_a_new_good_pair_is_raised_with_what_it_covers():
    cast.need(12)
    cast.commitment()
    made = actions.make_round(by=None)
    assert raised() == [("Atelier du Canal", "Filature Verlinde")]
    assert (only().quantity, only().news, only().raised_on) == (12, News.NEW, MONDAY.date())
    assert (made.needs, made.kept, made.raised) == (1, 1, 1)
    assert made.finished_at
    assert [line.verb for line in timeline(made)] == ["round.begun", "round.finished"]


def test_made_twice_the_same_night_it_changes_nothing():
    cast.need(12)
    cast.commitment()
    actions.make_round(by=None)
    before = everything()
    actions.make_round(by=None)
    assert everything() == before


def test_shown_and_left_it_is_no_news_the_next_morning():
    cast.need(12)
    cast.commitment()
    actions.make_round(by=None)
    with nights(1):
        made = actions.make_round(by=None)
    assert made.kept == 1
    assert made.raised == 0
    assert only().raised_on == MONDAY.date()
    assert only().seen_on == MONDAY.date() + NIGHT


def test_what_merely_waited_is_no_better():
    """Ten open days bring ten points to every pair: that is no news of the pair."""
    cast.need(12)
    cast.commitment()
    actions.make_round(by=None)
    before = only().score
    with nights(14):
        actions.make_round(by=None)
    assert only().score > before
    assert only().news == News.NEW
    assert only().raised_on == MONDAY.date()


def test_what_covers_more_is_news_again():
    cast.need(12)
    mill = cast.commitment(5)
    actions.make_round(by=None)
    with changing():
        mill.lines.update(qty_offered=8)
    with nights(1):
        actions.make_round(by=None)
        assert (only().news, only().quantity, only().raised_on) == (News.MORE, 8, MONDAY.date() + NIGHT)


def test_what_covers_less_and_then_as_much_again_is_no_news():
    cast.need(12)
    mill = cast.commitment(12)
    for number, left in enumerate((12, 6, 12)):
        with changing():
            mill.lines.update(qty_offered=left)
        with nights(number):
            actions.make_round(by=None)
    assert only().raised_on == MONDAY.date()


def test_what_was_confirmed_since_is_news_again():
    cast.need(12)
    mill = cast.commitment(level="announced")
    actions.make_round(by=None)
    assert only().is_announced
    with changing():
        mill.level, mill.confirmed_at = "confirmed", clock.now()
        mill.save()
    with nights(1):
        actions.make_round(by=None)
    assert (only().news, only().is_announced) == (News.SURE, False)


def test_what_climbed_a_step_is_news_again():
    need = cast.need(12, commune=None)
    cast.commitment()
    actions.make_round(by=None)
    with changing():
        need.commune = cast.lille()
        need.save()
    with nights(1):
        actions.make_round(by=None)
    assert only().news == News.BETTER


def test_a_pair_set_aside_never_comes_back():
    need, mill = cast.need(12), cast.commitment()
    actions.make_round(by=None)
    actions.dismiss(need.lines.get(), commitment_line=mill.lines.get(), by=cast.marion())
    with nights(1):
        actions.make_round(by=None)
    assert raised() == []


def test_without_its_dismissal_it_would_come_back():
    """The negative control of the one above."""
    need, mill = cast.need(12), cast.commitment()
    actions.make_round(by=None)
    actions.dismiss(need.lines.get(), commitment_line=mill.lines.get(), by=cast.marion())
    with changing():
        Dismissal.objects.all().delete()
    with nights(1):
        actions.make_round(by=None)
    assert len(raised()) == 1


def test_put_off_it_waits_until_one_of_the_two_changes():
    cast.reason("later", "plus tard", "dismiss", is_final=False)
    need, mill = cast.need(12), cast.commitment()
    actions.make_round(by=None)
    actions.put_off(need.lines.get(), commitment_line=mill.lines.get(), by=cast.marion())
    with nights(1):
        actions.make_round(by=None)
        assert raised() == []
    with changing():
        mill.lines.update(qty_offered=50)
    with nights(2):
        actions.make_round(by=None)
    assert len(raised()) == 1


@pytest.mark.parametrize("is_closed", [False, True])
def test_who_was_ever_asked_for_this_need_is_not_raised_again(is_closed):
    need, mill = cast.need(12), cast.commitment()
    actions.note_solicitation(need=need, giver=mill.organisation, commitment=mill, by=cast.marion())
    if is_closed:
        actions.close_solicitation(need=need, giver=mill.organisation, by=cast.marion())
    actions.make_round(by=None)
    assert raised() == []


def test_another_need_may_still_meet_who_was_asked():
    """The negative control: it is the pair that was asked, not the giver."""
    need, mill = cast.need(12), cast.commitment()
    actions.note_solicitation(need=need, giver=mill.organisation, commitment=mill, by=cast.marion())
    cast.need(5, organisation=cast.organisation("Relais des Mineurs", commune=cast.lens()))
    actions.make_round(by=None)
    assert raised() == [("Relais des Mineurs", "Filature Verlinde")]


def test_one_stock_is_not_raised_as_if_it_were_there_for_everybody():
    for number in range(5):
        cast.need(12, organisation=cast.organisation(f"Relais {number}", commune=cast.roubaix()))
    cast.commitment(30, max_open_introductions=50)
    actions.make_round(by=None)
    rows = Suggestion.objects.order_by("-quantity")
    assert [row.quantity for row in rows] == [12, 12, 6]


def test_no_giver_is_raised_beyond_what_she_wants():
    for number in range(5):
        cast.need(2, organisation=cast.organisation(f"Relais {number}", commune=cast.roubaix()))
    cast.commitment(400, max_open_introductions=2)
    actions.make_round(by=None)
    assert len(raised()) == 2


def test_beyond_the_first_ten_others_are_looked_at_where_those_are_taken():
    for number in range(14):
        cast.need(2, organisation=cast.organisation(f"Relais {number}", commune=cast.roubaix()))
        cast.commitment(2, organisation=cast.organisation(f"Maison {number}", kind="company"))
    assert actions.make_round(by=None).kept == 14
    assert actions.make_round(by=None, policy=Policy(candidates=(10,))).kept == 10


def test_a_need_takes_several_until_it_is_covered():
    cast.need(12)
    for number in range(4):
        cast.commitment(5, organisation=cast.organisation(f"Maison {number}", kind="company"))
    actions.make_round(by=None)
    assert sorted(Suggestion.objects.values_list("quantity", flat=True)) == [2, 5, 5]


def test_a_poor_pair_is_left_to_the_page_of_the_need():
    cast.need(12)
    cast.commitment(1, level="announced", commune=cast.amiens())
    assert actions.make_round(by=None).kept == 0
    assert actions.make_round(by=None, policy=Policy(good=10)).kept == 1


def test_a_pair_whose_case_is_closed_is_forgotten():
    need = cast.need(12)
    cast.commitment()
    actions.make_round(by=None)
    with changing():
        need.lines.all()[0].need.__class__.objects.filter(pk=need.pk).update(
            state="closed", closed_at=clock.now(), first_closed_at=clock.now(),
            close_reason=cast.reason("withdrawn", "retiré", "close_need"), next_action_at=None, owner=None,
        )  # fmt: skip
    actions.make_round(by=None)
    assert not Suggestion.objects.exists()


def test_what_no_round_kept_for_long_is_forgotten():
    cast.need(12)
    mill = cast.commitment()
    actions.make_round(by=None)
    with changing():
        mill.__class__.objects.filter(pk=mill.pk).update(state="on_hold")
    with nights(rounds.FORGOTTEN_DAYS):
        actions.make_round(by=None)
        assert Suggestion.objects.count() == 1
    with nights(rounds.FORGOTTEN_DAYS + 1):
        actions.make_round(by=None)
    assert not Suggestion.objects.exists()


def test_cut_short_and_made_again_it_ends_as_if_it_had_not_been(monkeypatch):
    for number in range(6):
        cast.need(2, organisation=cast.organisation(f"Relais {number}", commune=cast.roubaix()))
        cast.commitment(2, organisation=cast.organisation(f"Maison {number}", kind="company"))
    monkeypatch.setattr(rounds, "WRITTEN", 2)
    write, done = rounds.write_some, []

    def dies(*said):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(write(*said))

    with monkeypatch.context() as killed:
        killed.setattr(rounds, "write_some", dies)
        with suppress(KeyboardInterrupt):
            actions.make_round(by=None)
    assert len(raised()) == 4
    assert Round.objects.get().finished_at is None
    assert actions.make_round(by=None).kept == 6
    again = everything()
    with changing():
        Suggestion.objects.all().delete()
    actions.make_round(by=None)
    assert everything() == again


def test_the_two_rankers_raise_the_same_pairs():
    """Columns and statement, on givers asked before, set aside, of another desk, and far away."""
    for seed in range(4):
        cast.lille_desk().neighbours.add(cast.amiens_desk())
        some_lines(seed, 40)
        today = rounds.this_day()
        ways = [suggesting.Statement(), Columns(Copy(), is_private=True)]
        first, second = (suggesting.begin(today=today, ranker=one) for one in ways)
        pairs = first.look(limit=10)
        assert pairs
        assert second.look(limit=10) == pairs
        assert (first.stocks, first.lacks, first.found) == (second.stocks, second.lacks, second.found)


def test_the_round_keeps_what_the_page_of_the_need_shows_first():
    cast.need(12)
    cast.commitment(organisation=cast.organisation("Loin", kind="company"), commune=cast.amiens())
    cast.commitment()
    actions.make_round(by=None)
    assert raised() == [("Atelier du Canal", "Filature Verlinde")]


def test_two_at_once_only_one_is_made():
    cast.need(12)
    cast.commitment()
    with rounds._turn() as is_ours:
        assert is_ours
    assert OfferedLine.objects.count() == 1
