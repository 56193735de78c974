"""A yes to more than was given is heard anew, and noted as such; a yes has somebody who says it."""

import pytest
from django.urls import reverse

from callcare.core.deeds import Refused
from callcare.desk.models import Consent
from callcare.introductions import actions
from callcare.introductions.models import Introduction
from tests import cast
from tests.introductions import stage
from tests.introductions.test_pages import YES, marion, pair, people

pytestmark = pytest.mark.django_db
__all__ = ["marion"]


@pytest.fixture
def name_only():
    """Claire gave her name by telephone, no more; the need carries it."""
    claire = cast.claire()
    return cast.consent(claire, gives_phone=False, gives_email=False)


def url_of(consent) -> str:
    need, commitment = stage.need(consent=consent), stage.commitment()
    line, other = need.lines.get().pk, commitment.lines.get().pk
    return f"{reverse('introductions:propose')}?need_line={line}&commitment_line={other}"


def test_more_than_was_given_warns_and_saves_nothing(marion, name_only):
    answer = marion.post(url_of(name_only), YES | people() | {"deed": "introduce"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "n’avait pas donné le téléphone" in text
    assert 'name="asker_more"' in text
    assert not Introduction.objects.exists()
    assert Consent.objects.count() == 1


def test_heard_anew_it_is_a_new_consent(marion, name_only):
    marion.post(url_of(name_only), YES | people() | {"asker_more": "on", "deed": "introduce"})
    it = Introduction.objects.get()
    assert it.asker_consent != name_only
    assert (it.asker_consent.details, it.asker_consent.basis) == ({"name", "phone"}, "oral")
    name_only.refresh_from_db()
    assert name_only.details == {"name"}, "what was said before stays as it was said"


def test_less_than_was_given_needs_no_warning(marion):
    wide = cast.consent(cast.claire())
    answer = marion.post(url_of(wide), YES | people() | {"asker_gives": ["name"], "deed": "propose"})
    assert answer.status_code == 302
    assert Introduction.objects.get().asker_consent.details == {"name"}


def test_a_yes_of_nobody_is_refused_beside_the_field_before_anything_is_saved(marion):
    for deed in ("introduce", "ask", "propose"):
        answer = marion.post(pair(), YES | {"giver_person": cast.hugo().pk, "deed": deed})
        assert answer.status_code == 422
        form = answer.context["form"]
        assert form.errors == {"asker_person": ["Un accord est celui de quelqu’un : dites qui parle."]}
    assert not Introduction.objects.exists()
    assert not Consent.objects.exists()


def test_nobody_says_yes_for_another_desks_giver(marion):
    far = stage.commitment(desk=cast.amiens_desk(), sharing="all", owner=cast.amelie())
    need = stage.need()
    url = f"{reverse('introductions:propose')}?need_line={need.lines.get().pk}&commitment_line={far.lines.get().pk}"
    answer = marion.post(url, YES | people() | {"deed": "introduce"})
    assert answer.status_code == 409
    assert not Consent.objects.exists()
    it = actions.propose(by=cast.marion(), need_line=need.lines.get(), commitment_line=far.lines.get())
    with pytest.raises(Refused, match="autre guichet"):
        actions.record_side_consent(it, side="giver", gives=stage.ALL, by=cast.marion())
