"""An operator writes down what a giver offers."""

import pytest

from callcare.commitments.actions import record_commitment
from callcare.commitments.models import Commitment
from callcare.core.deeds import Refused
from callcare.desk.actions.cases import LineFacts
from tests import cast

pytestmark = pytest.mark.django_db


def record(**over):
    facts = {
        "by": cast.marion(),
        "desk": cast.lille_desk(),
        "organisation": cast.mill(),
        "typed": "40 portables à donner à Lille",
        "lines": [LineFacts(category=cast.laptop(), quantity=40)],
    }
    return record_commitment(**facts | over)


def test_a_commitment_is_announced_until_somebody_checks_it():
    commitment = record()
    line = commitment.lines.get()
    assert (commitment.level, commitment.confirmed_at, commitment.sharing) == ("announced", None, "desk")
    assert (line.qty_offered, line.qty_free) == (40, 40)


def test_a_commitment_may_be_confirmed_at_once():
    assert record(level="confirmed").confirmed_at is not None


def test_as_needed_is_a_line_without_a_number():
    line = record(lines=[LineFacts(category=cast.tutoring(), is_countable=False)]).lines.get()
    assert (line.qty_offered, line.is_countable) == (0, False)


def test_a_counted_line_has_a_number():
    with pytest.raises(Refused, match="selon les besoins"):
        record(lines=[LineFacts(category=cast.laptop(), quantity=0)])


def test_the_contact_says_what_it_led_to():
    call = cast.call(dispositions=["information"])
    record(interaction=call)
    call.refresh_from_db()
    assert call.dispositions == ["information", "commitment"]


def test_an_open_commitment_says_what_is_offered():
    with pytest.raises(Refused, match="catégorie"):
        record(lines=[])


@pytest.mark.parametrize("who", ["amelie", "stephane", "ada", "samir"])
def test_only_those_who_keep_the_desk_record(who):
    with pytest.raises(Refused, match="ne tenez pas ce guichet"):
        record(by=getattr(cast, who)())
    assert not Commitment.objects.exists()


def test_a_merged_organisation_records_nothing_more():
    gone = cast.mill(name="Ancienne filature", merged_into=cast.mill())
    with pytest.raises(Refused, match="fondue"):
        record(organisation=gone)
