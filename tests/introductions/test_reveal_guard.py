"""Invariant I10 in the database: raw SQL lets nothing out either. Each attack has its control."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.introductions.models import Disclosure
from tests import cast
from tests.introductions import stage

pytestmark = pytest.mark.django_db


def send_by_hand(introduction, asker, giver) -> None:
    with deed(cast.CastVerb.ENTERS, by=None), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE introductions_introduction SET state = 'sent', sent_at = %s, asker_consent_id = %s,"
            " giver_consent_id = %s WHERE id = %s",
            [clock.now(), asker and asker.pk, giver and giver.pk, introduction.pk],
        )


def guard_off() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing pending: the table can be altered
        cursor.execute("ALTER TABLE introductions_introduction DISABLE TRIGGER reveal")


def tricks():
    claire, hugo, day = cast.claire(), cast.hugo(), timedelta(days=1)
    good = cast.consent(claire), cast.consent(hugo)
    return {
        "none": (None, None),
        "one": (good[0], None),
        "the same twice": (good[0], good[0]),
        "crossed": (good[1], good[0]),
        "withdrawn": (good[0], cast.consent(hugo, withdrawn_at=clock.now())),
        "lapsed": (cast.consent(claire, valid_until=clock.now() - day), good[1]),
        "not yet given": (good[0], cast.consent(hugo, given_at=clock.now() + day)),
        "somebody else": (good[0], cast.consent(cast.person(cast.mill(), "Ève", "Roy", phone="+33353012203",
                                                            email="eve@v.test"))),
    }  # fmt: skip


@pytest.mark.parametrize("trick", list(range(8)))
def test_no_trick_sends_it(trick):
    introduction = stage.proposed()
    asker, giver = list(tricks().values())[trick]
    with pytest.raises(Refused, match="accord"):
        send_by_hand(introduction, asker, giver)


def test_two_live_consents_of_the_right_persons_do():
    send_by_hand(stage.proposed(), cast.consent(cast.claire()), cast.consent(cast.hugo()))


def test_without_the_guard_a_withdrawn_consent_would_pass():
    """The control: what refuses above is the trigger, not something else."""
    introduction = stage.proposed()
    guard_off()
    send_by_hand(introduction, cast.consent(cast.claire()), cast.consent(cast.hugo(), withdrawn_at=clock.now()))
    introduction.refresh_from_db()
    assert introduction.sent_at


def test_a_state_after_the_reveal_is_not_reached_without_it():
    introduction = stage.proposed()
    with pytest.raises(Refused, match="pas encore été envoyée"), deed(cast.CastVerb.ENTERS, by=None):
        type(introduction).objects.filter(pk=introduction.pk).update(state="succeeded", closed_at=clock.now())


def test_what_was_sent_stays_written():
    introduction = stage.sent()
    other = cast.consent(cast.hugo())
    with pytest.raises(Refused, match="reste écrit"), deed(cast.CastVerb.ENTERS, by=None):
        type(introduction).objects.filter(pk=introduction.pk).update(giver_consent=other)


def trace(introduction, **over) -> Disclosure:
    facts = {
        "desk": introduction.desk, "introduction": introduction, "side": "asker", "recipient": cast.claire(),
        "about": cast.hugo(), "consent": introduction.giver_consent, "channels": ["email:hugo@verlinde.test"],
        "text": "…",
    }  # fmt: skip
    with deed(cast.CastVerb.ENTERS, by=None):
        return Disclosure.objects.create(**facts | over)


def test_a_trace_holds_only_allowed_details():
    introduction = stage.sent(giver=frozenset({"email"}))
    trace(introduction)  # the control
    for detail in ("name", "phone:+33353012202", "siret:1"):
        with pytest.raises(Refused, match="pas été autorisée"):
            trace(introduction, channels=["email:hugo@verlinde.test", detail])


def test_a_trace_rests_on_the_consent_of_the_person_it_shows():
    introduction = stage.sent()
    with pytest.raises(Refused, match="ne couvre pas"):
        trace(introduction, consent=introduction.asker_consent)
    with pytest.raises(Refused, match="ne couvre pas"):
        trace(introduction, about=cast.claire())


def test_nothing_is_traced_before_the_reveal():
    with pytest.raises(Refused, match="ne couvre pas"):
        trace(stage.agreed())


def test_a_trace_is_never_rewritten():
    introduction = stage.sent()
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Disclosure.objects.filter(introduction=introduction).update(text="autre")


def test_a_withdrawal_under_way_is_waited_for():
    """The consents are share-locked by the guard: the statement says so to whoever reads the function."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'introductions_reveal'")
        assert "FOR SHARE" in cursor.fetchone()[0]


def test_the_row_itself_refuses_a_date_without_consents():
    """The CHECK under the trigger: both guards hold alone."""
    introduction = stage.proposed()
    guard_off()
    with pytest.raises((Refused, IntegrityError)):
        send_by_hand(introduction, None, None)
