"""The moves of a need: opened, held, closed, reopened; every other move is refused."""

from datetime import timedelta

import pytest
from django.db import connection

from callcare.core import clock
from callcare.core.deeds import Refused
from callcare.desk.actions import finish_interaction, log_interaction
from callcare.desk.models import Reminder
from callcare.needs.actions import close_as_duplicate, close_need, hold_need, open_need, reopen_need, repeat_need
from callcare.needs.models import Need
from callcare.needs.signals import need_closed
from tests import cast

pytestmark = pytest.mark.django_db
STATES = ["to_qualify", "open", "on_hold", "closed"]
ALLOWED = {
    ("to_qualify", "open"), ("to_qualify", "closed"), ("open", "on_hold"), ("open", "closed"), ("on_hold", "open"),
    ("on_hold", "closed"), ("closed", "open"),
}  # fmt: skip


def served():
    return cast.reason("served", "servi", "close_need")


def soon():
    return clock.now() + timedelta(days=7)


def in_state(state):
    need = cast.need(**({"state": "to_qualify"} if state == "to_qualify" else {}))
    if state == "on_hold":
        hold_need(need, by=cast.marion(), because="vacances", until=soon())
    if state == "closed":
        close_need(need, by=cast.marion(), reason=served())
    return need


DEEDS = {
    "open": lambda need: open_need(need, by=cast.marion()),
    "on_hold": lambda need: hold_need(need, by=cast.marion(), because="vacances", until=soon()),
    "closed": lambda need: close_need(need, by=cast.marion(), reason=served()),
}


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", list(DEEDS))
def test_a_need_moves_only_as_its_table_says(before, after):
    need = in_state(before)
    if (before, after) in ALLOWED and before != "closed":
        DEEDS[after](need)
        assert Need.objects.get().state == after
    else:  # a closed need is opened by another deed, with a reason
        with pytest.raises(Refused):
            DEEDS[after](need)
        assert Need.objects.get().state == before


@pytest.mark.parametrize(("before", "after"), [(a, b) for a in STATES for b in STATES if (a, b) not in ALLOWED])
def test_the_table_has_no_other_move(before, after):
    assert not Need(state=before).can_move(after)


def test_two_operators_close_and_the_second_is_told():
    need, stale = cast.need(), Need.objects.get()
    close_need(need, by=cast.marion(), reason=served())
    with pytest.raises(Refused, match="vient de modifier"):
        close_need(stale, by=cast.nathalie(), reason=served())


def test_reopening_keeps_the_first_dates():
    need = in_state("closed")
    opened, first = need.opened_at, need.first_closed_at
    reopen_need(need, by=cast.nathalie(), because="il en manque encore")
    assert (need.state, need.closed_at, need.close_reason, need.owner) == ("open", None, None, cast.marion())
    with clock.at(clock.now() + timedelta(days=30)):
        close_need(need, by=cast.marion(), reason=served())
    need.refresh_from_db()
    assert (need.opened_at, need.first_closed_at) == (opened, first)
    assert need.closed_at > first


def test_reopening_says_why():
    with pytest.raises(Refused, match="pourquoi"):
        reopen_need(in_state("closed"), by=cast.marion(), because=" ")


def test_only_a_closed_need_is_reopened():
    with pytest.raises(Refused, match="pas close"):
        reopen_need(cast.need(), by=cast.marion(), because="pour voir")


def change_first_dates(need):
    Need.objects.filter(pk=need.pk).update(opened_at=need.opened_at - timedelta(days=9))


def change_first_closing(need):
    Need.objects.filter(pk=need.pk).update(first_closed_at=clock.now() - timedelta(days=9))


@pytest.mark.parametrize("change", [change_first_dates, change_first_closing])
def test_the_database_keeps_the_first_dates(change):
    need = in_state("closed")
    with pytest.raises(Refused, match="premières dates"):
        cast.enters(change)(need)


@pytest.mark.parametrize("change", [change_first_dates, change_first_closing])
def test_without_the_trigger_the_first_dates_change(change):
    """The negative control: it is the trigger that keeps them."""
    need = in_state("closed")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE needs_need DISABLE TRIGGER USER")
    cast.enters(change)(need)
    fresh = Need.objects.get()
    assert (fresh.opened_at, fresh.first_closed_at) != (need.opened_at, need.first_closed_at)


def test_a_need_is_held_until_a_day_to_come():
    with pytest.raises(Refused, match="à venir"):
        hold_need(cast.need(), by=cast.marion(), because="vacances", until=clock.now())


def test_holding_says_why():
    with pytest.raises(Refused, match="pourquoi"):
        hold_need(cast.need(), by=cast.marion(), because="", until=soon())


def test_a_need_without_a_line_is_not_opened():
    need = in_state("to_qualify")
    cast.enters(need.lines.all().delete)()
    with pytest.raises(Refused, match="ligne"):
        open_need(need, by=cast.marion())


def test_the_reason_is_one_for_closing_a_need():
    with pytest.raises(Refused, match="n’est pas un motif"):
        close_need(cast.need(), by=cast.marion(), reason=cast.reason("exhausted", "épuisé", "close_commitment"))


def test_closing_drops_what_was_owed_for_it():
    need = in_state("to_qualify")
    open_need(need, by=cast.marion())
    close_need(need, by=cast.marion(), reason=served())
    assert Reminder.objects.get().state == "overtaken"


def test_the_floors_above_may_keep_a_need_open():
    def refuse(sender, need, by, **kwargs):
        raise Refused("Une affectation est en cours.")

    need = cast.need()
    need_closed.connect(refuse)
    try:
        with pytest.raises(Refused, match="affectation"):
            close_need(need, by=cast.marion(), reason=served())
    finally:
        need_closed.disconnect(refuse)
    assert Need.objects.get().state == "open"


@pytest.mark.parametrize("deed", [*DEEDS.values(), lambda need: reopen_need(need, by=cast.amelie(), because="x")])
def test_another_desk_does_nothing_to_it(deed, monkeypatch):
    need = cast.need()
    monkeypatch.setattr(cast, "marion", cast.amelie)
    with pytest.raises(Refused, match="pas de votre guichet"):
        deed(need)


def test_a_duplicate_is_closed_behind_the_other():
    first, second = cast.need(), cast.need()
    duplicate = cast.reason("duplicate", "doublon", "close_need")
    close_as_duplicate(second, by=cast.marion(), of=first)
    second.refresh_from_db()
    assert (second.state, second.close_reason, second.duplicate_of) == ("closed", duplicate, first)
    reopen_need(second, by=cast.marion(), because="deux demandes en fait")
    assert Need.objects.get(pk=second.pk).duplicate_of is None


def test_a_need_is_not_its_own_duplicate():
    need = cast.need()
    with pytest.raises(Refused, match="autre besoin"):
        close_as_duplicate(need, by=cast.marion(), of=need)


def test_duplicates_make_no_chain():
    first, second, third = cast.need(), cast.need(), cast.need()
    cast.reason("duplicate", "doublon", "close_need")
    close_as_duplicate(second, by=cast.marion(), of=first)
    with pytest.raises(Refused, match="lui-même un doublon"):
        close_as_duplicate(third, by=cast.marion(), of=second)


def test_a_duplicate_always_names_the_other():
    with pytest.raises(Refused, match="de quel besoin"):
        close_need(cast.need(), by=cast.marion(), reason=cast.reason("duplicate", "doublon", "close_need"))


def test_the_database_keeps_duplicates_closed():
    first, second = cast.need(), cast.need()
    with pytest.raises(Refused, match="doublon est clos"):
        cast.enters(Need.objects.filter(pk=second.pk).update)(duplicate_of=first)


def test_asked_again_it_stays_one_need():
    need, call = cast.need(priority=2), cast.call()
    repeat_need(need, by=cast.nathalie(), interaction=call, priority=1)
    call.refresh_from_db()
    assert (need.repeats, need.priority, call.dispositions) == (1, 1, ["repeat"])
    repeat_need(need, by=cast.nathalie(), priority=3)
    assert (need.repeats, need.priority) == (2, 1)
    assert Need.objects.count() == 1


def test_one_contact_repeats_a_need_once():
    need, call = cast.need(), cast.call()
    repeat_need(need, by=cast.marion(), interaction=call)
    with pytest.raises(Refused, match="déjà notée"):
        repeat_need(need, by=cast.marion(), interaction=call)


def test_what_was_asked_three_weeks_ago_is_a_repeat_and_older_is_not():
    need = cast.need()
    lately = {"desk": cast.lille_desk(), "organisation": cast.workshop(), "category": cast.laptop()}
    with clock.at(clock.now() + timedelta(days=20)):
        assert list(Need.objects.asked_lately(**lately)) == [need]
        assert not Need.objects.asked_lately(**lately | {"category": cast.tutoring()})
        assert not Need.objects.asked_lately(**lately | {"organisation": cast.mill()})
    with clock.at(clock.now() + timedelta(days=22)):
        assert not Need.objects.asked_lately(**lately)


def test_a_contact_that_only_repeats_a_need_is_finished_without_saying_it_again():
    need, marion = cast.need(), cast.marion()
    contact = log_interaction(by=marion, desk=need.desk, organisation=need.organisation)
    repeat_need(need, by=marion, interaction=contact)
    finish_interaction(contact, by=marion)
    assert contact.dispositions == ["repeat"]
