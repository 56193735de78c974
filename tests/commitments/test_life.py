"""The moves of a commitment, its confirmation, its sharing, and what is offered no more."""

from datetime import timedelta

import pytest
from django.db import connection

from callcare.commitments.actions import (
    add_line,
    close_commitment,
    confirm_commitment,
    edit_commitment,
    edit_line,
    hold_commitment,
    open_commitment,
    reopen_commitment,
    share_commitment,
    withdraw_quantity,
)
from callcare.commitments.enums import Sharing
from callcare.commitments.models import Commitment
from callcare.core import clock
from callcare.core.deeds import Refused, timeline
from callcare.desk.actions.cases import LineFacts
from tests import cast

pytestmark = pytest.mark.django_db
STATES = ["to_qualify", "open", "on_hold", "closed"]
ALLOWED = {
    ("to_qualify", "open"), ("to_qualify", "closed"), ("open", "on_hold"), ("open", "closed"), ("on_hold", "open"),
    ("on_hold", "closed"),
}  # fmt: skip


def exhausted():
    return cast.reason("exhausted", "épuisé", "close_commitment")


def soon():
    return clock.now() + timedelta(days=7)


DEEDS = {
    "open": lambda one, by: open_commitment(one, by=by),
    "on_hold": lambda one, by: hold_commitment(one, by=by, because="inventaire", until=soon()),
    "closed": lambda one, by: close_commitment(one, by=by, reason=exhausted()),
}
ALL_DEEDS = [
    *DEEDS.values(),
    lambda one, by: reopen_commitment(one, by=by, because="il en reste"),
    lambda one, by: confirm_commitment(one, by=by),
    lambda one, by: share_commitment(one, by=by, sharing=Sharing.ALL),
    lambda one, by: edit_commitment(one, by=by, seen=1, title="x"),
    lambda one, by: add_line(one, by=by, facts=LineFacts(category=cast.laptop())),
    lambda one, by: edit_line(one.lines.get(), by=by, seen=1, facts=LineFacts(category=cast.laptop()), because="x"),
    lambda one, by: withdraw_quantity(one.lines.get(), by=by, quantity=1, because="x"),
]


def in_state(state):
    one = cast.commitment(**({"state": "to_qualify"} if state == "to_qualify" else {}))
    if state in {"on_hold", "closed"}:
        DEEDS[state](one, cast.marion())
    return one


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", list(DEEDS))
def test_a_commitment_moves_only_as_its_table_says(before, after):
    one = in_state(before)
    if (before, after) in ALLOWED:
        DEEDS[after](one, cast.marion())
        assert Commitment.objects.get().state == after
    else:
        with pytest.raises(Refused):
            DEEDS[after](one, cast.marion())
        assert Commitment.objects.get().state == before


@pytest.mark.parametrize("deed", ALL_DEEDS)
def test_another_desk_does_nothing_to_it_even_when_it_is_shared(deed):
    one = cast.commitment(sharing="all")
    with pytest.raises(Refused, match="pas de votre guichet"):
        deed(one, cast.amelie())


@pytest.mark.parametrize("deed", ALL_DEEDS[4:])
def test_a_closed_commitment_stays_as_it_is(deed):
    one = in_state("closed")
    with pytest.raises(Refused, match="close"):
        deed(one, cast.marion())


def test_reopening_keeps_the_first_dates():
    one = in_state("closed")
    first = one.first_closed_at
    reopen_commitment(one, by=cast.marion(), because="il en reste")
    with clock.at(clock.now() + timedelta(days=3)):
        close_commitment(one, by=cast.marion(), reason=exhausted())
    one.refresh_from_db()
    assert one.first_closed_at == first < one.closed_at


def change_first_dates(one):
    Commitment.objects.filter(pk=one.pk).update(first_closed_at=None, opened_at=clock.now() - timedelta(days=3))


def test_the_database_keeps_the_first_dates():
    with pytest.raises(Refused, match="premières dates"):
        cast.enters(change_first_dates)(in_state("closed"))


def test_without_the_trigger_the_first_dates_change():
    """The negative control: it is the trigger that keeps them."""
    one = in_state("closed")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE commitments_commitment DISABLE TRIGGER USER")
    cast.enters(change_first_dates)(one)
    assert Commitment.objects.get().first_closed_at is None


@pytest.mark.django_db(transaction=True)
def test_confirming_is_dated_and_confirming_again_dated_anew():
    one = cast.commitment(level="announced")
    confirm_commitment(one, by=cast.marion())
    first = one.confirmed_at
    with clock.at(clock.now() + timedelta(days=90)):
        confirm_commitment(one, by=cast.nathalie())
    assert (one.level, one.confirmed_at > first) == ("confirmed", True)
    assert [line.said for line in timeline(one)[1:]] == ["a confirmé l’engagement", "a reconfirmé l’engagement"]


def test_sharing_opens_an_offer_to_other_desks_and_closes_it_again():
    one = cast.commitment()
    assert not Commitment.objects.offered_to(cast.amiens_desk())
    share_commitment(one, by=cast.marion(), sharing=Sharing.ALL)
    assert list(Commitment.objects.offered_to(cast.amiens_desk())) == [one]
    share_commitment(one, by=cast.marion(), sharing=Sharing.DESK)
    assert not Commitment.objects.offered_to(cast.amiens_desk())


def test_what_is_promised_stays_offered():
    one = cast.commitment(40)
    cast.promise(cast.need(12), one, 12)
    line = one.lines.get()
    with pytest.raises(Refused, match="Il y en a déjà 12 d’affectés"):
        withdraw_quantity(line, by=cast.marion(), quantity=29, because="inventaire")
    with pytest.raises(Refused, match="Il y en a déjà 12 d’affectés"):
        edit_line(
            line, by=cast.marion(), seen=1, because="inventaire", facts=LineFacts(category=cast.laptop(), quantity=11)
        )
    withdraw_quantity(line, by=cast.marion(), quantity=28, because="inventaire")
    line.refresh_from_db()
    assert (line.qty_offered, line.qty_withdrawn, line.qty_free) == (40, 28, 0)


def test_a_line_becomes_as_needed():
    one = cast.commitment(40)
    facts = LineFacts(category=cast.laptop(), quantity=40, is_countable=False)
    edit_line(one.lines.get(), by=cast.marion(), seen=1, facts=facts)
    assert not one.lines.get().is_countable
