"""A real Chromium for the walks of `@pytest.mark.browser`, and people who are already signed in.

    def test_she_notes_a_need(as_person, live_server):
        page = as_person(cast.marion())          # a page of a browser of her own, signed in
        page.goto(f"{live_server.url}/guichet/")

`look(page)` fails on anything a person would trip over: a message in the console (a refused script or style is one),
a page wider than the window, what axe finds.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
DESKTOP, PHONE, SMALL = {"width": 1280, "height": 800}, {"width": 390, "height": 844}, {"width": 320, "height": 640}


# One for each file: while it lives its loop runs in this thread, and no page that is a coroutine can be asked here.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only where a browser is asked for

    # Playwright runs a loop in this thread; Django would refuse the database beside it. In this set only.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def new_page(chromium: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """`new_page(dark=True, window=PHONE, user=None, scripts=True)`: a page of a browser of its own."""
    contexts = []

    def open_page(
        *, user: Any = None, dark: bool = False, window: dict[str, int] = DESKTOP, scripts: bool = True
    ) -> Any:
        context = chromium.new_context(
            viewport=window, color_scheme="dark" if dark else "light", locale="fr-FR", timezone_id="Europe/Paris",
            java_script_enabled=scripts, reduced_motion="reduce",
        )  # fmt: skip
        contexts.append(context)
        if user is not None:
            signed_in = Client()
            signed_in.force_login(user)
            session = signed_in.cookies["session"].value
            context.add_cookies([{"name": "session", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.said = []  # what the console said
        page.on("console", lambda message: page.said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.said.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def as_person(new_page: Callable[..., Any]) -> Callable[..., Any]:
    """`as_person(cast.marion(), window=PHONE)`: a page of her own browser, signed in."""
    return lambda user, **how: new_page(user=user, **how)


def overflow(page: Any) -> list[str]:
    """The elements that make a page wider than its window, by their names; nothing where it fits."""
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
        [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1
          && !e.closest(".scroll")).slice(0, 5).map(e => `${e.tagName}.${e.className}`).concat("overflow")"""
    )


def axe(page: Any) -> list[str]:
    """What axe finds, one line a fault."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415  # only where a browser is asked for

    found = Axe().run(page).response["violations"]
    return [f"{fault['id']}: {node['html'][:120]}" for fault in found for node in fault["nodes"][:3]]


def look(page: Any) -> None:
    """Fail on what a person would trip over."""
    assert page.said == []
    assert overflow(page) == []
    assert axe(page) == []
