from datetime import UTC, datetime

import pytest
from django.template import engines

from callcare.core import clock
from callcare.core.deeds import deed
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_history_speaks_in_labels_days_and_paris_hours():
    need, marion = cast.need(), cast.marion()
    with clock.at(datetime(2021, 3, 8, 12, tzinfo=UTC)), deed(cast.CastVerb.ENTERS, by=marion):
        need.edit(seen=1, audience="employment", next_action_at=datetime(2021, 3, 9, 8, 30, tzinfo=UTC))
        need.move("on_hold")
    page = engines["django"].from_string("{% timeline need %}").render({"need": need})
    assert "suspendu" in page
    assert "emploi" in page
    assert "mardi 9 mars 2021 à 9\u00a0h\u00a030" in page
    assert "on_hold" not in page


def test_what_was_taken_away_is_said_in_words():
    need, marion = cast.need(), cast.marion()
    with deed(cast.CastVerb.ENTERS, by=marion):
        need.edit(seen=1, audience="", public_text="")
    page = engines["django"].from_string("{% timeline need %}").render({"need": need})
    assert "<del>école</del> → <ins>rien</ins>" in page
    assert "(vide)" not in page
