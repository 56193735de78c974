"""Letters are written in a deed and leave after it; what cannot leave becomes a telephone call."""

import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.db import connection

from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk import actions, jobs, postbox
from callcare.desk.enums import MailState, ReminderStep
from callcare.desk.models import OutgoingMail, Reminder
from tests import cast, sink

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def written(key: str = "test:1", **over: str) -> OutgoingMail:
    facts = {"to": "claire@canal.test", "to_name": "Claire Delattre", "subject": "Douze portables, à Roubaix",
             "body": "Bonjour,\n\nVoici."}  # fmt: skip
    with deed(cast.CastVerb.ENTERS, by=None):
        return actions.queue_letter(desk=cast.lille_desk(), key=key, **facts | over)


def deferred() -> int:
    return jobs.app.connector.execute_query_one(
        "SELECT count(*) AS n FROM procrastinate_jobs WHERE task_name = 'desk.deliver_letters'"
    )["n"]


def test_a_letter_is_written_only_inside_a_deed():
    with pytest.raises(RuntimeError, match="inside the deed"):
        actions.queue_letter(desk=cast.lille_desk(), key="x", to="a@b.test", subject="x", body="x")


def test_a_deed_that_fails_leaves_no_letter_and_no_job():
    before = deferred()

    def fails() -> None:
        with deed(cast.CastVerb.ENTERS, by=None):
            actions.queue_letter(desk=cast.lille_desk(), key="x", to="a@b.test", subject="x", body="x")
            raise Refused("non")

    with pytest.raises(Refused):
        fails()
    assert not OutgoingMail.objects.exists()
    assert deferred() == before
    written()
    assert deferred() == before + 1


def test_it_arrives_as_written_from_the_desk():
    letter = written(reply_to="hugo@verlinde.test")
    with sink.listening() as box:
        jobs.deliver_letters()
        jobs.deliver_letters()  # a second run finds nothing
    [arrived] = box.letters
    assert arrived["To"] == "Claire Delattre <claire@canal.test>"
    assert arrived["From"] == "Guichet de Lille <lille@call-care.test>"
    assert arrived["Reply-To"] == "hugo@verlinde.test"
    assert arrived["Message-ID"] == letter.message_id == postbox.message_id("test:1")
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["Subject"] == "Douze portables, à Roubaix"
    assert arrived.get_content() == "Bonjour,\n\nVoici.\n"
    assert arrived.get_content_type() == "text/plain"
    letter.refresh_from_db()
    assert (letter.state, letter.attempts) == (MailState.SENT, 1)


def test_the_same_key_is_the_same_letter():
    assert written().pk == written().pk


def test_a_line_break_in_a_name_or_a_subject_is_no_header():
    written(to_name="Claire\r\nBcc: tous@x.test", subject="Objet\nBcc: tous@x.test")
    with sink.listening() as box:
        jobs.deliver_letters()
    [arrived] = box.letters
    assert arrived["Bcc"] is None


@pytest.mark.parametrize(
    "said", ["12 ordinateurs portables reconditionnés", "12 ordinateurs portables tout neufs", "12"]
)
def test_a_long_subject_begins_on_its_own_line_and_is_read_back_whole(said):
    subject = f"Mise en relation avec Filature des Trois Fontaines du Nord : {said} pour Roubaix"
    raw = postbox.message_of(written(subject=subject)).message().as_bytes(linesep="\r\n")
    line = next(line for line in raw.split(b"\r\n") if line.startswith(b"Subject:"))
    assert line.removeprefix(b"Subject:").strip()
    assert max(map(len, raw.split(b"\r\n\r\n")[0].split(b"\r\n"))) <= 78
    assert message_from_bytes(raw, policy=default)["Subject"] == subject


def test_a_server_away_is_tried_again_later_and_later_then_somebody_calls():
    letter = written()
    waits, now = [], clock.now()
    with sink.nobody_listens():
        for _ in range(jobs.ATTEMPTS):
            with clock.at(now):
                jobs.deliver_letters()
            letter.refresh_from_db()
            waits.append((letter.next_try_at - now) / timedelta(minutes=1))
            now = letter.next_try_at
    assert waits[:7] == [1, 5, 15, 60, 120, 240, 480]
    assert (letter.state, letter.attempts) == (MailState.FAILED, 8)
    assert letter.last_error == "Le serveur d’envoi est injoignable."
    [owed] = Reminder.objects.planned()
    assert (owed.step, owed.subject) == (ReminderStep.MAIL_FAILED, letter)

    actions.resend_letter(letter, by=cast.marion())
    assert not Reminder.objects.planned().exists()
    with sink.listening() as box:
        jobs.deliver_letters()
    letter.refresh_from_db()
    assert letter.state == MailState.SENT
    assert len(box.letters) == 1


def test_an_address_that_does_not_exist_fails_at_once_and_does_not_hold_the_others():
    bad, good = written("a", to="parti@canal.test"), written("b")
    with sink.listening() as box:
        box.refuses.add("parti@canal.test")
        jobs.deliver_letters()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == (MailState.FAILED, MailState.SENT)
    assert "550 5.1.1 no such mailbox" in bad.last_error


class Killed(BaseException):
    """The worker dies."""


def dies(letter: OutgoingMail) -> None:
    raise Killed


def test_killed_after_the_server_took_it_the_letter_leaves_twice_and_is_never_lost(monkeypatch):
    letter = written()
    with sink.listening() as box:
        with monkeypatch.context() as patch:
            patch.setattr(OutgoingMail, "note_sent", dies)
            with pytest.raises(Killed):
                jobs.deliver_letters()
        letter.refresh_from_db()
        assert letter.state == MailState.QUEUED
        jobs.deliver_letters()
    assert [one["Message-ID"] for one in box.letters] == [letter.message_id, letter.message_id]
    letter.refresh_from_db()
    assert letter.state == MailState.SENT


def test_a_replayed_month_keeps_its_letters_inside():
    before = deferred()
    with clock.at(MONDAY), postbox.kept_inside():
        letter = written()
    assert (letter.state, letter.sent_at, letter.was_kept_inside) == (MailState.SENT, MONDAY, True)
    assert deferred() == before
    with sink.listening() as box:
        written("live")
        jobs.deliver_letters()
    assert [one["Message-ID"] for one in box.letters] == [postbox.message_id("live")]


def test_another_desk_neither_sees_nor_resends_it():
    letter = written()
    assert not OutgoingMail.objects.visible_to(cast.amelie()).exists()
    with pytest.raises(Refused, match="pas de votre guichet"):
        actions.resend_letter(letter, by=cast.amelie())


def test_long_lines_are_folded_and_links_are_not():
    link = "https://guichet.test/mises-en-relation/reponse/" + "x" * 60
    text = actions.outbox.wrapped("mot " * 40 + "\n\n    " + link)
    assert max(len(line) for line in text.splitlines() if "://" not in line) <= 76
    assert link in text


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_carriers_at_once_deliver_each_letter_once():
    for number in range(20):
        written(f"race:{number}")

    def carry() -> None:
        try:
            jobs.deliver_letters()
        finally:
            connection.close()

    with sink.listening() as box:
        threads = [threading.Thread(target=carry) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    ids = [one["Message-ID"] for one in box.letters]
    assert len(ids) == len(set(ids)) == 20
