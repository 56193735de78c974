"""A step may be owed about a letter, whose name in addresses is longer than a reference."""

import pytest

from callcare.core import clock
from callcare.core.deeds import deed
from callcare.desk.actions import plan_reminder, queue_letter
from callcare.desk.enums import ReminderStep
from tests import cast

pytestmark = pytest.mark.django_db


def test_a_letter_has_no_reference_a_person_reads():
    with deed(cast.CastVerb.ENTERS, by=None):
        letter = queue_letter(desk=cast.lille_desk(), key="k", to="claire@canal.test", subject="Une piste", body="Oui")
    assert len(letter.ref) > 10
    reminder = plan_reminder(
        desk=letter.desk, subject=letter, step=ReminderStep.MAIL_FAILED, about="Rappeler", due_at=clock.now()
    )
    assert (reminder.subject, reminder.subject_ref) == (letter, "")
