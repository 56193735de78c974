"""The bench measures in a database of its own, and says plainly what it cannot do."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from callcare.accounts.enums import Role
from callcare.config.bench import loading, measures, scratch
from callcare.config.bench.pages import PAGES
from callcare.core import refs
from tests import cast
from tests.house.doors import DOORS, IN_FLUX


def test_an_unknown_measure_is_refused_before_anything_is_made():
    with pytest.raises(CommandError, match="Mesure inconnue : vitesse"):
        call_command("bench", "vitesse")


@pytest.mark.django_db
def test_a_database_the_bench_did_not_make_is_never_dropped(monkeypatch):
    for name in ("callcare", "callcare_bench"):  # one of another name, one of the right name with somebody's tables
        monkeypatch.setitem(connection.settings_dict, "NAME", name)
        with pytest.raises(CommandError, match="elle reste telle quelle"):
            scratch.empty()


def test_its_references_are_right_and_never_the_same():
    made = [loading.ref("E", number) for number in range(3000)]
    assert len(set(made)) == 3000
    assert all(refs.clean(ref) == ref for ref in made)


def test_a_row_says_whether_the_target_is_reached(db):
    rows = [
        measures.timed("rien", 1, [1] * 5, lambda _: 1, table="desk_desk", key="id", top=1, most=most)
        for most in (1000.0, 0.0001)
    ]
    assert [row.ok for row in rows] == [True, False]
    assert rows[0].target == "p99 ≤ 1000 ms"
    assert set(rows[0].as_dict()) >= {"name", "size", "p50_ms", "p99_ms", "floor_ms", "ratio", "target", "ok"}


# No pages: streams, files. And pages of rows the made-up country has none of, read by their key alone.
NOT_MEASURED = {
    "calls:stream", "calls:present", "calls:sound", "calls:messages", "config:table-refused", "config:table",
    "outcomes:words",
    # The measured house holds no mails yet: of these the list alone is measured.
    "mailbox:of-interaction", "mailbox:thread", "mailbox:mail", "mailbox:formatted", "mailbox:original",
    "mailbox:answer", "mailbox:attachment", "mailbox:preview", "mailbox:download", "mailbox:boxes",
}  # fmt: skip


def test_every_page_of_an_operator_is_measured():
    doors = (
        {door.name for door in DOORS if Role.OPERATOR in door.roles and "get" in door.methods} - IN_FLUX - NOT_MEASURED
    )
    measured = {page.door for page in PAGES if not page.by_chief}
    assert not doors - measured, "pages nobody measures"


def test_questions_are_counted_where_they_leave(db):
    """The log of queries is emptied by each request: read afterwards, it said 0 for every page."""
    browser, count = Client(), measures.Questions()
    browser.force_login(cast.marion())
    with connection.execute_wrapper(count):
        browser.get(reverse("needs:list"))
    first = count.asked
    browser.get(reverse("needs:list"))  # not under the counter
    assert first > 3
    assert count.asked == first
    with connection.execute_wrapper(count), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.execute("SELECT 2")
    assert count.asked == first + 2
