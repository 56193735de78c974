"""Several runs acknowledge at once: the breaker counts as if they came one after the other."""

import threading
import time
from contextlib import nullcontext

import pytest
from django.db import connections

from callcare.desk.enums import MailManner
from callcare.desk.models import OutgoingMail
from callcare.mailbox.actions import acknowledging
from callcare.mailbox.models import Mail
from tests import cast
from tests.mailbox import desk_stage as stage

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
AT_ONCE = 6


@pytest.fixture(autouse=True)
def hurried(monkeypatch):
    """No ten minutes; and between the count and the letter there is time for everybody to count."""
    monkeypatch.setattr(acknowledging, "AFTER", acknowledging.AFTER * 0)
    write = acknowledging.write

    def slowly(*words, **facts):
        time.sleep(0.15)
        return write(*words, **facts)

    monkeypatch.setattr(acknowledging, "write", slowly)


def race(*, senders: int) -> int:
    """How many leave when as many runs as there are mails begin together."""
    cast.marion()
    for number in range(AT_ONCE):
        sender = f"p{number % senders}@canal.test"
        stage.arrived(stage.eml(message_id=f"<{number}@canal.test>", sender=sender, text=f"Message {number}"))
    mails = list(Mail.objects.select_related("desk", "raw__mailbox", "thread"))
    together, errors = threading.Barrier(AT_ONCE), []

    def run(mail: Mail) -> None:
        try:
            together.wait(10)
            acknowledging.acknowledge(mail)
        except Exception as error:  # noqa: BLE001  # told below
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(mail,)) for mail in mails]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    return OutgoingMail.objects.filter(manner=MailManner.RECEIPT).count()


def test_not_one_more_than_the_breaker_allows(monkeypatch):
    monkeypatch.setattr(acknowledging, "MOST", 2)
    assert race(senders=AT_ONCE) == 2


def test_not_a_third_one_to_one_address():
    assert race(senders=1) == acknowledging.MOST_TO_ONE


@pytest.mark.parametrize("senders", [1, AT_ONCE])
def test_without_the_lock_the_same_race_writes_too_many(monkeypatch, senders):
    """The negative control: everybody counts before anybody has written."""
    monkeypatch.setattr(acknowledging, "MOST", 2)
    monkeypatch.setattr(acknowledging, "_one_at_a_time", nullcontext)
    assert race(senders=senders) > 2
