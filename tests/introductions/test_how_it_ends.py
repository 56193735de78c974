"""Taken up, ended, declined, taken up again: every move of the table, and none besides."""

import pytest

from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk.enums import ReminderStep
from callcare.introductions import actions
from callcare.introductions.enums import IntroductionState as S
from callcare.introductions.models import Introduction
from callcare.matching.models import Dismissal
from callcare.needs import actions as need_actions
from tests import cast
from tests.introductions import stage

pytestmark = pytest.mark.django_db


def decline_reason(*, later: bool = False):
    code, label = ("later", "plus tard") if later else ("not_suitable", "ne convient pas")
    return cast.reason(code, label, "decline", is_final=not later)


def test_taken_up_then_succeeded():
    introduction = stage.sent()
    actions.take_up(introduction, by=cast.marion())
    assert (introduction.state, stage.owed(introduction).step) == (S.IN_PROGRESS, ReminderStep.NO_NEWS)
    first = introduction.first_contact_at
    actions.succeed(introduction, by=cast.marion())
    assert introduction.state == S.SUCCEEDED
    assert introduction.closed_at
    assert not stage.owed(introduction)
    actions.reopen(introduction, by=cast.marion(), because="il reste deux portables à livrer")
    fresh = Introduction.objects.get()
    assert (fresh.state, fresh.closed_at, fresh.first_contact_at) == (S.IN_PROGRESS, None, first)
    assert fresh.first_closed_at


@pytest.mark.parametrize("later", [False, True])
def test_a_no_sets_the_pair_aside_for_good_unless_it_says_later(later):
    introduction = stage.proposed()
    actions.decline(introduction, side="giver", reason=decline_reason(later=later), by=cast.marion())
    assert (introduction.state, introduction.declined_by) == (S.DECLINED, "giver")
    dismissal = Dismissal.objects.get()
    assert dismissal.is_final is not later
    assert dismissal.commitment_line == introduction.commitment_line


def test_a_no_has_a_reason_of_the_list():
    with pytest.raises(Refused, match="motif de la liste"):
        actions.decline(
            stage.proposed(), side="giver", reason=cast.reason("served", "servi", "close_need"), by=cast.marion()
        )


def test_what_takes_away_says_why():
    with pytest.raises(Refused, match="Dites pourquoi"):
        actions.cancel(stage.proposed(), by=cast.marion(), because=" ")


def test_nothing_is_reopened_that_was_never_sent():
    introduction = stage.proposed()
    actions.expire(introduction)
    with pytest.raises(Refused, match="proposez une nouvelle"):
        actions.reopen(introduction, by=cast.marion(), because="finalement")


@pytest.mark.parametrize("start", S)
def test_no_other_move(start):
    for end in set(S) - Introduction.MOVES.get(start, frozenset()):
        with pytest.raises(Refused, match="on ne passe pas"):
            Introduction(pk=1, state=start).move(end)


def test_it_comes_back_late_when_its_date_is_past():
    introduction = stage.sent()
    assert not Introduction.objects.late().exists()
    with clock.at(introduction.next_action_at.replace(year=introduction.next_action_at.year + 1)):
        assert Introduction.objects.late().get() == introduction


def test_partners_see_it_once_it_is_sent():
    samir = cast.samir()
    introduction = stage.agreed()
    assert not Introduction.objects.visible_to(samir).exists()
    assert not Introduction.objects.visible_to(cast.amelie()).exists()
    actions.introduce(introduction, by=cast.marion())
    assert Introduction.objects.visible_to(samir).get() == introduction
    assert not Introduction.objects.visible_to(cast.stephane()).exists()


def test_a_live_one_without_a_next_date_is_refused_by_the_database():
    introduction = stage.proposed()
    with pytest.raises(Refused, match="prochaine date"), deed(cast.CastVerb.ENTERS, by=None):
        Introduction.objects.filter(pk=introduction.pk).update(next_action_at=None)


def test_a_closed_need_takes_back_what_was_only_proposed():
    need = stage.need()
    here = stage.proposed(need_line=need.lines.get())
    other = stage.commitment(organisation=cast.mill(name="Papeterie d’Hallines"), person=None)
    there = stage.sent(
        need_line=need.lines.get(),
        commitment_line=other.lines.get(),
        giver_person=cast.person(other.organisation, "Inès", "Roy", phone="+33353013303", email="ines@hallines.test"),
    )
    need_actions.close_need(
        need, by=cast.marion(), reason=cast.reason("served", "servi", "close_need"), because="trouvé"
    )
    here.refresh_from_db()
    there.refresh_from_db()
    assert (here.state, there.state) == (S.CANCELLED, S.SENT)


@pytest.mark.parametrize("ends", [actions.succeed, actions.unreachable])
def test_what_is_closed_is_taken_up_again_with_a_reason_only(ends):
    introduction = stage.sent()
    ends(introduction, by=cast.marion())
    with pytest.raises(Refused, match="n’attend pas de premier contact"):
        actions.take_up(introduction, by=cast.marion())
