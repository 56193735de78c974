"""The permission matrix: every door × seven people × an own and a foreign thing. The table is `doors.py`."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse

from callcare.accounts.actions import close_account
from callcare.accounts.enums import Role
from callcare.accounts.models import User
from callcare.core.deeds import deed
from tests import cast
from tests.house.doors import DOORS, EVERYBODY, IN_FLUX, Door

BY_NAME = {door.name: door for door in DOORS}
PEOPLE = {
    "Marion": (cast.marion, Role.OPERATOR),
    "Amélie of the other desk": (cast.amelie, Role.OPERATOR),
    "Stéphane": (cast.stephane, Role.STEWARD),
    "Ada": (cast.ada, Role.ADMIN),
    "Samir": (cast.samir, Role.PARTNER),
}


def every_url(resolver, namespace="") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", entry
        else:
            yield from every_url(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)


NAMES = sorted({name for name, _ in every_url(get_resolver())})


def test_every_url_is_declared():
    assert sorted(set(NAMES) - set(BY_NAME) - IN_FLUX) == [], "add a line in tests/house/doors.py"
    assert sorted(set(BY_NAME) - set(NAMES) - IN_FLUX) == [], "these doors no longer exist"
    assert len(DOORS) == len(BY_NAME), "a door is declared twice"


def known(door: Door) -> bool:
    return door.name in NAMES


KNOWN = [door for door in DOORS if known(door)]
named = pytest.mark.parametrize("door", KNOWN, ids=lambda door: door.name)

WRITES = re.compile(
    r'(?:\b(?:INSERT INTO|DELETE FROM|TRUNCATE)|(?<!FOR )(?<!KEY )(?<!DO )\bUPDATE)\s+(?:ONLY\s+)?"?(\w+)"?',
    re.IGNORECASE,
)
OWN_BOOKS = {"django_session", "cache"}  # the session and the rate limits keep their own accounts


class ReadThatWrites(AssertionError):
    """A GET changed something."""


@contextmanager
def reading() -> Iterator[None]:
    """Refuse every statement that writes: reading a page changes nothing."""

    def guard(execute, sql, params, many, context):
        if set(WRITES.findall(str(sql))) - OWN_BOOKS:
            raise ReadThatWrites(str(sql)[:200])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield


def ask(who: User | None, door: Door, method: str, args: tuple[object, ...], query: str = "") -> int | str:
    """The status a person gets; « login » where she is sent to sign in."""
    browser = Client(raise_request_exception=False)
    if who is not None:
        browser.force_login(who)
    address = reverse(door.name, args=args) + query
    if method == "get":
        with reading():
            answer = browser.get(address)
    else:
        answer = browser.post(address)
    if answer.status_code == 302 and answer.url.startswith(reverse("account_login")):
        return "login"
    return answer.status_code


OPEN = {200, 302, 422, 503, "login"}  # 503: `health`, where the worker of a test house is missing


def expected(door: Door, role: Role, *, foreign: bool) -> set[int | str]:
    if door.open_to_all:
        return OPEN
    if role not in door.roles:
        return {403}
    if foreign:
        return {404}
    if door.asks or (door.methods == ("post",) and not door.has_thing):
        return {200, 204, 302, 400, 404, 409, 422}  # 404: the thing is named in what is posted
    return {200, 204, 302, 409, 422}


@named
@pytest.mark.django_db
def test_a_door_opens_to_those_it_names_and_to_nobody_else(door):
    args = door.of()
    people = {name: (maker(), role) for name, (maker, role) in PEOPLE.items()}
    closed = gone()
    wrong = []

    def check(name, who, method, allowed, arguments=args):
        if (got := ask(who, door, method, arguments)) not in allowed:
            wrong.append(f"{method} as {name}: {got}, not {sorted(map(str, allowed))}")

    for method in door.methods:
        outside = OPEN if door.open_to_all else {"login"}
        check("a stranger", None, method, outside)
        check("somebody whose account is closed", closed, method, outside)
        # Those who are refused first: what an allowed POST changes must not hide a door left open.
        for name, (who, role) in sorted(people.items(), key=lambda item: item[1][1] in door.roles):
            foreign = name.startswith("Amélie") and door.has_thing and not door.shared
            check(name, who, method, expected(door, role, foreign=foreign))
        if door.strange and Role.PARTNER in door.roles:
            check("Samir, not his", people["Samir"][0], method, {404}, door.strange())
    assert wrong == []


def gone() -> User:
    """Somebody who kept the desk of Lille until her account was closed."""
    with deed(cast.CastVerb.ENTERS, by=None):
        user = User.objects.create_user("partie@call-care.test", display_name="Partie", roles=list(EVERYBODY))
        cast.lille_desk().operators.add(user)
        close_account(user, by=None, because="elle est partie")
    return user


@named
@pytest.mark.django_db
def test_a_wrong_reference_or_a_mangled_address_is_no_failure(door):
    roles = [role for role in Role if role in door.roles or door.open_to_all]
    who = next(maker() for maker, role in PEOPLE.values() if role in roles)
    for method in door.methods:
        for bogus in ("b-0000-000", "é’;--"):
            args = tuple(bogus for _ in door.of())
            with suppress(NoReverseMatch):
                assert not args or ask(who, door, method, args) == 404, bogus
    if "get" in door.methods:
        got = ask(who, door, "get", door.of(), "?q=%00&page=abc&next=javascript:x&e=%C3%28")
        assert got in {200, 302, 400, 404, 503, "login"}, got


@named
@pytest.mark.django_db
def test_a_door_takes_only_the_methods_it_declares(door):
    who = next(maker() for maker, role in PEOPLE.values() if role in door.roles or door.open_to_all)
    if door.name.startswith("account_"):
        return  # pages of the library
    for method in {"get", "post"} - set(door.methods):
        assert ask(who, door, method, door.of()) == 405


@pytest.mark.django_db
def test_the_guard_sees_a_read_that_writes():
    """The negative control of all of the above."""
    marion = cast.marion()
    with reading():
        list(User.objects.select_for_update().filter(pk=marion.pk))
        Session.objects.filter(session_key="x").delete()
    with pytest.raises(ReadThatWrites), reading():
        User.objects.filter(pk=marion.pk).update(last_login=None)


@pytest.mark.django_db
def test_the_matrix_sees_a_door_left_open():
    """Another negative control: a page of the administrators, declared for operators, and the reverse."""
    left_open = BY_NAME["accounts:list"]
    assert ask(cast.marion(), left_open, "get", ()) == 403
    assert ask(cast.ada(), left_open, "get", ()) == 200
    assert ask(None, left_open, "get", ()) == "login"
