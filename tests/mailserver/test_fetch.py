"""From a real IMAP server to cards: nothing lost, nothing twice, whatever happens to the line."""

import time

import pytest

from callcare.mailbox.models import Mail, RawMail
from tests.mailbox.stage import written
from tests.telephone.processes import wait_for

pytestmark = [pytest.mark.mailserver, pytest.mark.django_db(transaction=True)]


def cards(n: int, within: float = 10) -> None:
    wait_for(lambda: Mail.objects.count() >= n, within=within, why=f"{Mail.objects.count()} cards of {n}")


def test_a_delivered_mail_is_a_card_within_two_seconds(dovecot, connected, worker):
    box = connected(dovecot)
    dovecot.deliver(written(subject="Premier", message_id="<1@a.test>"))
    cards(1)
    began = time.monotonic()
    dovecot.deliver(written(subject="Deuxième", message_id="<2@a.test>"))  # while it idles
    cards(2)
    assert time.monotonic() - began < 2
    box.refresh_from_db()
    assert (box.trouble, box.last_uid) == ("", 2)
    assert box.heard_at is not None
    assert RawMail.objects.count() == 2
