"""What a deed promises. Real transactions here: a shared one would keep the last deed's name."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from callcare.core import clock
from callcare.core.deeds import Refused, deed, in_one_piece, timeline
from callcare.core.edits import Outdated
from callcare.core.models import DeedName
from callcare.needs.models import Need, NeedLine
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)


class Verb(models.TextChoices):
    BROKEN = "tests.broken", "casse tout"
    RENAMED = "tests.renamed", "a renommé"


def test_the_timeline_says_who_did_what_when_and_why():
    need, marion = cast.need(), cast.marion()
    noon = datetime(2021, 3, 8, 12, tzinfo=UTC)
    with clock.at(noon), deed(Verb.RENAMED, by=marion, because=" plus clair "):
        need.edit(seen=1, title="Douze portables")
    first, last = timeline(need)
    assert (first.said, first.by, first.changes) == ("entre en scène", None, {})
    assert (last.at, last.said, last.by, last.because) == (noon, "a renommé", marion.pk, "plus clair")
    assert last.changes["title"] == ("Ordinateurs portables", "Douze portables")


def test_nothing_changes_outside_a_deed():
    need = cast.need()
    with pytest.raises(IntegrityError, match="pgh_context_id"):
        Need.objects.filter(pk=need.pk).update(title="en douce")


def test_nothing_is_left_of_a_deed_that_fails():
    need = cast.need()
    with suppress(ZeroDivisionError), deed(Verb.BROKEN, by=None):
        need.edit(seen=1, title="Perdu")
        raise ZeroDivisionError
    assert Need.objects.get(pk=need.pk).title == "Ordinateurs portables"
    assert len(timeline(need)) == 1


def test_deeds_in_one_piece_spare_their_savepoints_and_fail_as_one():
    need = cast.need()
    with deed(Verb.RENAMED, by=None):
        with suppress(ZeroDivisionError), deed(Verb.BROKEN, by=None), in_one_piece():
            with CaptureQueriesContext(connection) as captured, deed(Verb.RENAMED, by=None):
                need.edit(seen=1, title="Perdu")
            assert not [query for query in captured if "SAVEPOINT" in query["sql"]]
            with deed(Verb.BROKEN, by=None):
                raise ZeroDivisionError
        assert Need.objects.get(pk=need.pk).title == "Ordinateurs portables"
        with CaptureQueriesContext(connection) as captured, deed(Verb.RENAMED, by=None):
            pass
        assert [query for query in captured if "SAVEPOINT" in query["sql"]]


def test_a_deed_never_hides_in_a_larger_transaction():
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(), deed(Verb.BROKEN, by=None):
        pass


def test_a_broken_constraint_becomes_a_sentence():
    need = cast.need()
    with pytest.raises(Refused, match="plus que ce qui est demandé"), deed(Verb.BROKEN, by=None):
        NeedLine.objects.filter(need=need).update(qty_cancelled=13)


def test_history_cannot_be_rewritten():
    need = cast.need()
    with pytest.raises(Exception, match="Cannot"):
        need.events.update(title="autre")
    with pytest.raises(Exception, match="Cannot"):
        DeedName.objects.all().delete()


def test_the_second_editor_is_told_who_changed_what():
    need, marion = cast.need(), cast.marion()
    with deed(Verb.RENAMED, by=marion):
        need.edit(seen=1, title="Douze portables")
    with pytest.raises(Outdated) as refusal, deed(Verb.RENAMED, by=cast.nathalie()):
        need.edit(seen=1, title="Portables")
    [line] = refusal.value.lines
    assert (line.by, line.changes["title"][1]) == (marion.pk, "Douze portables")


def test_a_line_belongs_to_the_desk_of_its_need():
    need = cast.need()
    with pytest.raises(IntegrityError, match="same_desk"), deed(Verb.BROKEN, by=None):
        NeedLine.objects.filter(need=need).update(desk=cast.amiens_desk())
