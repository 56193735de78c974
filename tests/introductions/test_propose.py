"""Bringing a need and a giver together, before anybody has said yes."""

import pytest

from callcare.core.deeds import Refused
from callcare.desk.enums import ReminderStep
from callcare.introductions import actions
from callcare.introductions.enums import IntroductionState
from tests import cast
from tests.introductions import stage

pytestmark = pytest.mark.django_db


def test_it_has_an_owner_a_date_and_a_reminder():
    introduction = stage.proposed(score=82, reasons=["couvre les 12", "à 11 km"])
    assert introduction.state == IntroductionState.PROPOSED
    assert introduction.owner == cast.marion()
    assert introduction.next_action_at
    assert (introduction.asker_person, introduction.giver_person) == (cast.claire(), cast.hugo())
    assert introduction.reasons == ["couvre les 12", "à 11 km"]
    assert stage.owed(introduction).step == ReminderStep.CONSENT_MISSING


def test_consents_already_given_for_the_cases_are_found():
    need = stage.need()
    need.consent = cast.consent(cast.claire())
    with cast.deed(cast.CastVerb.ENTERS, by=None):
        need.save()
    introduction = stage.proposed(need_line=need.lines.get())
    assert introduction.asker_consent == need.consent
    assert introduction.giver_consent is None


def test_one_live_introduction_for_a_need_and_a_giver():
    introduction = stage.proposed()
    with pytest.raises(Refused, match="déjà"):
        stage.proposed(need_line=introduction.need_line, commitment_line=introduction.commitment_line)
    actions.cancel(introduction, by=cast.marion(), because="erreur")
    stage.proposed(need_line=introduction.need_line, commitment_line=introduction.commitment_line)


def test_another_desks_operator_proposes_nothing_here():
    with pytest.raises(Refused, match="pas de votre guichet"):
        stage.proposed(by=cast.amelie())


def test_a_commitment_of_another_desk_is_proposed_only_when_it_is_shared():
    far = stage.commitment(desk=cast.amiens_desk(), owner=cast.amelie())
    with pytest.raises(Refused, match="pas partagé"):
        stage.proposed(commitment_line=far.lines.get())
    shared = stage.commitment(desk=cast.amiens_desk(), owner=cast.amelie(), sharing="all")
    assert stage.proposed(commitment_line=shared.lines.get()).desk == cast.lille_desk()


def test_a_body_is_not_introduced_to_itself():
    with pytest.raises(Refused, match="la même organisation"):
        stage.proposed(giver=cast.workshop())


def test_a_person_speaks_for_her_own_organisation():
    with pytest.raises(Refused, match="ne parle pas pour"):
        stage.proposed(giver_person=cast.claire())


def test_a_need_on_hold_is_not_introduced():
    with pytest.raises(Refused, match="pas ouvert"):
        stage.proposed(need_line=stage.need(state="on_hold").lines.get())
