"""An operator writes down what an asker lacks."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from callcare.core import clock
from callcare.core.deeds import Refused, timeline
from callcare.desk.actions.cases import LineFacts
from callcare.desk.models import Reminder
from callcare.needs.actions import record_need
from callcare.needs.models import Need
from tests import cast

pytestmark = pytest.mark.django_db


def record(**over):
    facts = {
        "by": cast.marion(),
        "desk": cast.lille_desk(),
        "organisation": cast.workshop(),
        "typed": "12 portables Roubaix avant le 30/04",
        "lines": [LineFacts(category=cast.laptop(), quantity=12)],
    }
    return record_need(**facts | over)


def test_a_need_is_written_with_its_line_and_its_next_date():
    with clock.at(datetime(2021, 4, 7, 9, tzinfo=UTC)):
        need = record()
    line = need.lines.get()
    assert (need.title, need.state, need.owner) == ("12 portables Roubaix avant le 30/04", "open", cast.marion())
    assert (line.qty_requested, line.qty_open, line.kind, line.measure) == (12, 12, "goods", "piece")
    assert need.next_action_at.astimezone(clock.PARIS).date().isoformat() == "2021-04-09"


@pytest.mark.django_db(transaction=True)
def test_the_life_of_a_need_begins_with_who_recorded_it():
    need = record()
    [line] = timeline(need)
    assert (line.said, line.by) == ("a enregistré le besoin", cast.marion().pk)


def test_two_half_days_are_kept_as_minutes_and_said_back_as_half_days():
    half_day = cast.unit("half_day")
    need = record(lines=[LineFacts(category=cast.tutoring(), quantity=2, unit=half_day, every="month")])
    line = need.lines.select_related("unit").get()
    assert (line.qty_requested, line.factor, line.measure) == (420, 210, "minute")
    assert line.whole_said == "2 demi-journées par mois"


def test_the_factor_of_a_unit_is_frozen_on_the_line():
    half_day = cast.unit("half_day")
    line = record(lines=[LineFacts(category=cast.tutoring(), quantity=2, unit=half_day)]).lines.get()
    cast.enters(lambda: type(half_day).objects.filter(pk=half_day.pk).update(factor=240))()
    line.refresh_from_db()
    assert line.whole_said == "2 demi-journées"


def test_money_is_kept_in_cents_and_said_in_euros():
    shoes = cast.category("safety_shoes_money", "aide à l’équipement", "money", "euro")
    line = record(lines=[LineFacts(category=shoes, quantity=3000)]).lines.get()
    assert (line.qty_requested, line.whole_said) == (300_000, "3\u202f000\u00a0€")


def test_half_a_computer_is_refused():
    with pytest.raises(Refused, match="nombre entier"):
        record(lines=[LineFacts(category=cast.laptop(), quantity=Decimal("0.5"))])
    assert not Need.objects.exists()


def test_nothing_is_refused_as_a_quantity():
    with pytest.raises(Refused, match="au moins un"):
        record(lines=[LineFacts(category=cast.laptop(), quantity=0)])


def test_an_open_need_says_what_is_asked():
    with pytest.raises(Refused, match="catégorie"):
        record(lines=[])


def test_a_need_to_qualify_may_say_it_later():
    need = record(lines=[], state="to_qualify")
    assert (need.state, need.lines.count()) == ("to_qualify", 0)


def test_the_contact_is_kept_and_says_what_it_led_to():
    call = cast.call()
    need = record(interaction=call)
    call.refresh_from_db()
    assert (need.interaction, call.dispositions) == (call, ["need"])
    assert need.spoken_of.get().role == "created"


def test_a_need_nobody_answers_comes_back_by_itself():
    need = record()
    reminder = Reminder.objects.get()
    assert (reminder.subject, reminder.step, reminder.due_at) == (need, "no_candidate", need.next_action_at)


@pytest.mark.parametrize("who", ["amelie", "stephane", "ada", "samir"])
def test_only_those_who_keep_the_desk_record(who):
    with pytest.raises(Refused, match="ne tenez pas ce guichet"):
        record(by=getattr(cast, who)())
    assert not Need.objects.exists()


def test_the_person_speaks_for_the_organisation():
    with pytest.raises(Refused, match="ne parle pas pour"):
        record(person=cast.hugo())


def test_the_consent_is_the_persons_own():
    with pytest.raises(Refused, match="accord"):
        record(person=cast.claire(), consent=cast.consent(cast.hugo()))


def test_the_contact_is_of_the_same_desk():
    with pytest.raises(Refused, match="autre guichet"):
        record(interaction=cast.call(desk=cast.amiens_desk()))
