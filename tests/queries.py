from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext


@contextmanager
def same_number_of_queries() -> Iterator[Callable[[Callable[[], object]], int]]:
    """Fail if the measured reads do not all cost the same number of queries: the N+1 alarm.

    Each is made twice and the smaller count holds: the opening hours beside the menu are read once a minute.
    """
    counts: list[int] = []

    def once(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    def measure(call: Callable[[], object]) -> int:
        counts.append(min(once(call), once(call)))
        return counts[-1]

    yield measure
    assert len(set(counts)) == 1, f"queries grow with the data: {counts}"
