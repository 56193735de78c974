from datetime import UTC, datetime, timedelta

import pytest

from callcare.core import clock
from callcare.core.deeds import Refused
from callcare.desk import actions
from callcare.desk.actions import DraftMoved
from callcare.desk.enums import InteractionState, ReminderState
from callcare.desk.models import Draft, Interaction, Reminder
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def ringing():
    return actions.log_interaction(by=cast.marion(), desk=cast.lille_desk(), raw_identity="+33353011201")


def test_a_contact_exists_as_soon_as_it_begins(ringing):
    assert (ringing.state, ringing.draft.version, ringing.ref[0]) == (InteractionState.DRAFT, 0, "C")


def test_what_is_typed_is_kept(ringing):
    draft = actions.save_draft(ringing, by=cast.marion(), seen=0, part="note", typed={"summary": "Quinze portab"})
    assert (draft.version, draft.content) == (1, {"note": {"summary": "Quinze portab"}})


def test_two_operators_on_one_draft_both_keep_their_text(ringing):
    actions.save_draft(ringing, by=cast.marion(), seen=0, part="note", typed={"summary": "à moi"})
    with pytest.raises(DraftMoved, match="modifié par Marion") as moved:
        actions.save_draft(ringing, by=cast.nathalie(), seen=0, part="note", typed={"summary": "le mien"})
    assert moved.value.typed == {"summary": "le mien"}
    assert Draft.objects.get().content == {"note": {"summary": "à moi"}}


def test_finishing_needs_to_say_what_it_led_to(ringing):
    with pytest.raises(Refused, match="à quoi ce contact a mené"):
        actions.finish_interaction(ringing, by=cast.marion())
    actions.finish_interaction(ringing, by=cast.marion(), dispositions=["information"], summary=" horaires ")
    assert (ringing.state, ringing.dispositions, ringing.summary) == ("final", ["information"], "horaires")
    assert not Draft.objects.exists()


def test_what_was_made_from_it_is_what_it_led_to(ringing):
    cast.need(interaction=ringing)
    actions.finish_interaction(ringing, by=cast.marion(), dispositions=["information"])
    assert ringing.dispositions == ["need", "information"]


def test_a_finished_contact_is_taken_up_again_within_the_quarter_of_an_hour(ringing):
    actions.finish_interaction(ringing, by=cast.marion(), dispositions=["sales"], summary="démarchage")
    with pytest.raises(Refused, match="quart d’heure"):
        actions.reopen_interaction(ringing, by=cast.nathalie())
    with clock.at(clock.now() + timedelta(minutes=16)), pytest.raises(Refused, match="quart d’heure"):
        actions.reopen_interaction(ringing, by=cast.marion())
    actions.reopen_interaction(ringing, by=cast.marion())
    assert Draft.objects.get().content["note"]["summary"] == "démarchage"


def test_a_call_back_promised_at_night_is_due_at_the_next_opening(ringing):
    friday_night = datetime(2021, 4, 2, 20, tzinfo=UTC)
    with clock.at(friday_night):
        owed = actions.promise_call_back(ringing, by=cast.marion(), due_at=clock.now(), number="+33353011201")
    assert owed.due_at == datetime(2021, 4, 6, 7, tzinfo=UTC)  # Tuesday 9:00 in Paris, after Easter Monday
    with pytest.raises(Refused, match="numéro à rappeler"):
        actions.promise_call_back(ringing, by=cast.marion(), due_at=clock.now(), number="")


def test_the_next_call_of_the_same_number_does_the_call_back(ringing):
    actions.promise_call_back(ringing, by=cast.marion(), due_at=clock.now(), number="+33353011201")
    actions.finish_interaction(ringing, by=cast.marion())
    assert ringing.dispositions == ["call_back"]
    again = actions.log_interaction(by=cast.marion(), desk=cast.lille_desk(), raw_identity="+33353011201")
    actions.finish_interaction(again, by=cast.marion(), dispositions=["information"])
    assert Reminder.objects.get().state == ReminderState.DONE


def test_who_speaks_speaks_for_her_organisation(ringing):
    actions.identify(ringing, by=cast.marion(), organisation=None, person=cast.claire())
    assert ringing.organisation == cast.workshop()
    with pytest.raises(Refused, match="ne parle pas pour"):
        actions.identify(ringing, by=cast.marion(), organisation=cast.mill(), person=cast.claire())


def test_a_referral_names_a_service(ringing):
    with pytest.raises(Refused, match="quel service"):
        actions.refer(ringing, by=cast.marion(), service=" ", organisation=None)
    actions.refer(ringing, by=cast.marion(), service="CCAS de Roubaix", organisation=None)
    actions.finish_interaction(ringing, by=cast.marion())
    assert ringing.dispositions == ["referral"]


def test_another_desk_sees_and_touches_nothing(ringing):
    assert not Interaction.objects.visible_to(cast.amelie()).exists()
    with pytest.raises(Refused, match="pas de votre guichet"):
        actions.finish_interaction(ringing, by=cast.amelie(), dispositions=["sales"])
