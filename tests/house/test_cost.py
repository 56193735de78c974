"""What a page costs: an operator's page asks the database at most twelve times, and so do its parts."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from callcare.accounts.enums import Role
from tests import cast
from tests.house.doors import DOORS, IN_FLUX, Door

MOST = 12
READ = [door for door in DOORS if Role.OPERATOR in door.roles and "get" in door.methods and door.name not in IN_FLUX]


def cost(browser: Client, address: str) -> list[str]:
    """The questions asked for one page, the marks of transactions left out."""
    with CaptureQueriesContext(connection) as captured:
        answer = browser.get(address)
    assert answer.status_code in {200, 204, 302, 404}
    return [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]


@pytest.mark.parametrize("door", READ, ids=[door.name for door in READ])
@pytest.mark.django_db
def test_a_page_costs_twelve_questions_at_most(door: Door):
    args = door.of()
    browser = Client()
    browser.force_login(cast.marion())
    address = reverse(door.name, args=args)
    browser.get(address)  # what is read once for the whole house is not counted
    asked = min(cost(browser, address), cost(browser, address), key=len)
    assert len(asked) <= MOST, "\n".join(asked)
