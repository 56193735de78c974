"""Coroutines in a loop of their own: a browser driven in the same test run keeps one running in the main thread."""

import asyncio
import contextvars
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")


def run(whole: Coroutine[Any, Any, Answer]) -> Answer:
    """Like `asyncio.run`, in a thread of its own and with the clock of the test; what it raises is raised here."""
    answers: list[Answer] = []
    troubles: list[BaseException] = []

    def there() -> None:
        try:
            answers.append(asyncio.run(whole))
        except BaseException as trouble:  # noqa: BLE001  # handed over
            troubles.append(trouble)

    thread = threading.Thread(target=contextvars.copy_context().run, args=(there,))
    thread.start()
    thread.join()
    if troubles:
        raise troubles[0]
    return answers[0]
