"""A person says what may be passed on; she may take it back at any time."""

from datetime import timedelta

import pytest

from callcare.core import clock
from callcare.core.deeds import Refused
from callcare.desk import actions
from callcare.desk.enums import Basis, Reach
from callcare.desk.models import Consent, live_consent_of
from callcare.desk.rules import wordings
from tests import cast

pytestmark = pytest.mark.django_db


def given(**over) -> Consent:
    facts = {"desk": cast.lille_desk(), "person": cast.claire(), "by": cast.marion(), "gives_phone": True}
    return actions.record_consent(**facts | over)


def test_said_on_the_telephone_it_covers_what_was_said():
    consent = given(interaction=cast.call())
    assert consent.details == {"name", "phone"}
    assert (consent.basis, consent.wording_version) == (Basis.ORAL, wordings.CURRENT)


def test_given_for_a_case_it_is_found_for_that_case_only():
    need, other = cast.need(), cast.need(title="Autre")
    consent = given(case=need)
    need.refresh_from_db()
    assert live_consent_of(cast.claire(), need) == consent
    assert live_consent_of(cast.claire(), other) is None
    assert live_consent_of(cast.hugo(), need) is None


def test_until_further_notice_it_covers_every_case():
    consent = given(reach=Reach.STANDING)
    assert live_consent_of(cast.claire(), cast.need()) == consent


def test_taken_back_it_covers_nothing_and_cannot_be_taken_back_twice():
    need = cast.need()
    consent = given(case=need)
    actions.withdraw_consent(consent, by=cast.marion(), because="a changé d’avis")
    assert live_consent_of(cast.claire(), need) is None
    with pytest.raises(Refused, match="déjà retiré"):
        actions.withdraw_consent(Consent.objects.get(), by=cast.marion())


def test_it_lapses_at_its_end():
    consent = given(reach=Reach.STANDING, valid_until=clock.now() + timedelta(days=1))
    assert consent.is_live
    with clock.at(clock.now() + timedelta(days=2)):
        assert live_consent_of(cast.claire()) is None


def test_a_yes_to_nothing_is_refused():
    with pytest.raises(Refused, match="au moins sur le nom"):
        given(gives_name=False, gives_phone=False)


def test_an_oral_yes_has_a_witness():
    with pytest.raises(Refused, match="qui l’a entendu"):
        given(by=None)
    assert given(by=None, basis=Basis.LINK).recorded_by is None


def test_who_asked_to_be_left_alone_is_left_alone():
    quiet = cast.person(cast.mill(), "Yves", "Dumont", phone="+33353012299", email="yves@v.test", do_not_contact=True)
    with pytest.raises(Refused, match="ne pas être sollicité"):
        given(person=quiet)


def test_another_desk_notes_nothing_here():
    with pytest.raises(Refused, match="pas de votre guichet"):
        given(by=cast.amelie())


def test_the_words_read_aloud_never_change():
    """A new sentence is a new version: whoever consented must be shown what she heard."""
    assert wordings.ORAL[1].startswith("« Pour que la personne qui peut répondre vous joigne directement,")
    assert set(wordings.ORAL) == set(wordings.WRITTEN)
    assert max(wordings.ORAL) == wordings.CURRENT
