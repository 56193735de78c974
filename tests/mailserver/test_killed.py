"""The worker is killed at any moment: every mail that was delivered is one card, every letter leaves.

The long run is asked for by name: `./callcare test -m campaign tests/mailserver -s`.
"""

import os
from datetime import timedelta

import pytest
from django.db import connection

from callcare.mailbox.actions import answering
from tests.mailserver import campaign
from tests.mailserver.dovecot import TREATED

pytestmark = [pytest.mark.mailserver, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def at_once(transactional_db, monkeypatch):
    """Answers leave without the half minute. The jobs of the dead are nobody's: no flush knows their tables."""
    monkeypatch.setattr(answering, "UNDO_FOR", timedelta(0))
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def test_a_worker_that_is_killed_loses_nothing_and_does_nothing_twice(dovecot, connected, tmp_path):
    connected(dovecot, treated=TREATED)
    seen = campaign.run(dovecot, tmp_path, kills=8, seconds=12, most=60, pause=0.05, seed=1)
    assert seen.violations == []
    assert seen.kills >= 4
    assert seen.mails >= 20


def test_told_before_it_is_kept_the_same_campaign_sees_mails_lost(dovecot, connected, tmp_path):
    """The negative control: the wrong order of two calls, and the same deaths."""
    connected(dovecot, treated=TREATED)
    seen = campaign.run(
        dovecot, tmp_path, kills=4, seconds=12, most=40, pause=0.05, seed=2, order="told first", steps=("keeping",),
        is_sure=True,
        drains=5,
    )  # fmt: skip
    assert any(one.startswith("lost: ") for one in seen.violations), str(seen)


@pytest.mark.campaign
def test_the_long_campaign(dovecot, connected, tmp_path):
    """CALLCARE_KILLS kills, within CALLCARE_CAMPAIGN_SECONDS."""
    connected(dovecot, treated=TREATED)
    kills = int(os.environ.get("CALLCARE_KILLS", "400"))
    seconds = float(os.environ.get("CALLCARE_CAMPAIGN_SECONDS", "480"))
    seed = int(os.environ.get("CALLCARE_CAMPAIGN_SEED", "0"))
    seen = campaign.run(
        dovecot,
        tmp_path,
        kills=kills,
        seconds=seconds,
        most=100_000,
        pause=0.4,
        seed=seed,
        cuts=True,
        drains=300,
    )
    print(f"\n{seen}")
    assert seen.violations == []
