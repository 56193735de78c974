"""Two operators press at once: one introduces, the other is told, two letters are written."""

import threading

import pytest
from django.db import connection

from callcare.core.deeds import Refused
from callcare.desk import actions as desk_actions
from callcare.desk.models import Consent, OutgoingMail
from callcare.introductions import actions
from callcare.introductions.models import Introduction
from tests import cast
from tests.introductions import stage

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def at_once(*deeds) -> list[str]:
    """Run the deeds on connections of their own, together; returns what was refused."""
    start, refused = threading.Barrier(len(deeds)), []

    def run(act) -> None:
        start.wait()
        try:
            act()
        except Refused as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_two_operators_at_once_only_one_introduces():
    stage.agreed()
    twins = [Introduction.objects.get(), Introduction.objects.get()]
    people = [cast.marion(), cast.nathalie()]
    refused = at_once(
        *(lambda it=it, by=by: actions.introduce(it, by=by) for it, by in zip(twins, people, strict=True))
    )
    assert len(refused) == 1
    assert OutgoingMail.objects.count() == 2


def test_a_yes_taken_back_at_the_same_moment_is_either_too_late_or_stops_everything():
    introduction, marion = stage.agreed(), cast.marion()
    consent = Consent.objects.get(pk=introduction.giver_consent_id)
    refused = at_once(
        lambda: actions.introduce(introduction, by=marion),
        lambda: desk_actions.withdraw_consent(consent, by=marion),
    )
    fresh, consent = Introduction.objects.get(), Consent.objects.get(pk=consent.pk)
    assert consent.withdrawn_at
    if fresh.sent_at:
        assert (refused, OutgoingMail.objects.count()) == ([], 2)
    else:
        assert (len(refused), OutgoingMail.objects.count()) == (1, 0)


def test_two_proposals_of_one_pair_at_once_make_one():
    line, other, marion = stage.need().lines.get(), stage.commitment().lines.get(), cast.marion()
    propose = lambda: actions.propose(by=marion, need_line=line, commitment_line=other)  # noqa: E731
    refused = at_once(propose, propose)
    assert len(refused) == 1
    assert Introduction.objects.count() == 1
