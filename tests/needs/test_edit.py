"""What was written down is corrected: the need, and its lines."""

from decimal import Decimal

import pytest
from django.db import IntegrityError

from callcare.core.deeds import Refused, timeline
from callcare.core.edits import Outdated
from callcare.desk.actions.cases import LineFacts
from callcare.needs.actions import add_line, cancel_quantity, close_need, edit_line, edit_need
from callcare.needs.models import Need, NeedLine
from tests import cast

pytestmark = pytest.mark.django_db


def promised(need, quantity):
    cast.promise(need, cast.commitment(), quantity)
    return need.lines.get()


def say(quantity, **over):
    return LineFacts(**{"category": cast.laptop(), "quantity": quantity} | over)


@pytest.mark.django_db(transaction=True)
def test_the_second_editor_is_told_who_changed_what():
    need = cast.need()
    edit_need(need, by=cast.marion(), seen=1, title="Douze portables")
    with pytest.raises(Outdated) as refusal:
        edit_need(need, by=cast.nathalie(), seen=1, title="Portables")
    [line] = refusal.value.lines
    assert (line.by, line.changes["title"]) == (cast.marion().pk, ("Ordinateurs portables", "Douze portables"))
    assert Need.objects.get().title == "Douze portables"


@pytest.mark.django_db(transaction=True)
def test_a_changed_line_shows_in_the_life_of_its_need():
    need = cast.need(12)
    edit_line(need.lines.get(), by=cast.marion(), seen=1, because="deux de plus", facts=say(14))
    last = timeline(need)[-1]
    assert (last.said, last.because) == ("a modifié une ligne du besoin", "deux de plus")


def test_a_closed_need_is_not_edited():
    need = cast.need()
    close_need(need, by=cast.marion(), reason=cast.reason("served", "servi", "close_need"))
    for deed in (
        lambda: edit_need(need, by=cast.marion(), seen=1, title="x"),
        lambda: add_line(need, by=cast.marion(), facts=say(1)),
        lambda: edit_line(need.lines.get(), by=cast.marion(), seen=1, facts=say(12)),
        lambda: cancel_quantity(need.lines.get(), by=cast.marion(), quantity=1, because="x"),
    ):
        with pytest.raises(Refused, match="close"):
            deed()


def test_another_desk_does_not_edit():
    need = cast.need()
    for deed in (
        lambda: edit_need(need, by=cast.amelie(), seen=1, title="x"),
        lambda: add_line(need, by=cast.amelie(), facts=say(1)),
        lambda: edit_line(need.lines.get(), by=cast.amelie(), seen=1, facts=say(12)),
        lambda: cancel_quantity(need.lines.get(), by=cast.amelie(), quantity=1, because="x"),
    ):
        with pytest.raises(Refused, match="pas de votre guichet"):
            deed()


def test_what_a_page_may_not_change_is_an_error():
    with pytest.raises(TypeError, match="state"):
        edit_need(cast.need(), by=cast.marion(), seen=1, state="closed")


def test_the_period_stays_in_order():
    with pytest.raises(Refused, match="date de fin"):
        edit_need(cast.need(), by=cast.marion(), seen=1, starts_on="2021-05-01", ends_on="2021-04-01")


def test_a_line_is_added():
    need = cast.need()
    add_line(need, by=cast.marion(), facts=say(3, category=cast.tutoring(), min_useful=Decimal("0.5")))
    line = need.lines.get(category=cast.tutoring())
    assert (line.qty_requested, line.min_useful, need.version) == (180, 30, 2)


def test_asking_for_more_says_why_and_counts_a_revision():
    line = cast.need(12).lines.get()
    with pytest.raises(Refused, match="pourquoi"):
        edit_line(line, by=cast.marion(), seen=1, facts=say(14))
    edit_line(line, by=cast.marion(), seen=1, facts=say(14), because="deux de plus")
    line = NeedLine.objects.get()
    assert (line.qty_requested, line.qty_open, line.revision) == (14, 14, 2)


def test_a_stale_line_is_not_written_over():
    line = cast.need(12).lines.get()
    edit_line(line, by=cast.marion(), seen=1, facts=say(14), because="deux de plus")
    with pytest.raises(Refused, match="vient d’être modifiée"):
        edit_line(line, by=cast.nathalie(), seen=1, facts=say(10), because="deux de moins")
    assert NeedLine.objects.get().qty_requested == 14


def test_what_is_promised_stays_asked():
    need = cast.need(20)
    line = promised(need, 12)
    with pytest.raises(Refused, match="Il y en a déjà 12 d’affectés"):
        edit_line(line, by=cast.marion(), seen=1, facts=say(11), because="moins de jeunes")
    with pytest.raises(Refused, match="Il y en a déjà 12 d’affectés"):
        cancel_quantity(line, by=cast.marion(), quantity=9, because="moins de jeunes")
    cancel_quantity(line, by=cast.marion(), quantity=8, because="moins de jeunes")
    line.refresh_from_db()
    assert (line.qty_requested, line.qty_cancelled, line.qty_open) == (20, 8, 0)


def test_the_database_itself_keeps_what_is_promised():
    need = cast.need(20)
    line = promised(need, 12)
    with pytest.raises(Refused, match="plus que ce qui est demandé"):
        cast.enters(NeedLine.objects.filter(pk=line.pk).update)(qty_requested=11)


def test_a_promised_line_stays_what_it_is():
    line = promised(cast.need(20), 1)
    with pytest.raises(Refused, match="la catégorie ne change plus"):
        edit_line(line, by=cast.marion(), seen=1, facts=say(20, category=cast.computers()))


def test_taking_back_says_why_and_how_many():
    line = cast.need(12).lines.get()
    with pytest.raises(Refused, match="pourquoi"):
        cancel_quantity(line, by=cast.marion(), quantity=1, because="")
    with pytest.raises(Refused, match="au moins un"):
        cancel_quantity(line, by=cast.marion(), quantity=0, because="x")
    with pytest.raises(Refused, match="négative"):
        cancel_quantity(line, by=cast.marion(), quantity=-3, because="x")


def test_a_line_cannot_be_cut_below_zero_by_hand():
    line = cast.need(12).lines.get()
    with pytest.raises((Refused, IntegrityError)):
        cast.enters(NeedLine.objects.filter(pk=line.pk).update)(qty_cancelled=13)
