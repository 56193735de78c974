from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext


@contextmanager
def same_number_of_queries() -> Iterator[Callable[[Callable[[], object]], int]]:
    """Fail if the measured calls do not all cost the same number of queries: the N+1 alarm."""
    counts: list[int] = []

    def measure(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        counts.append(len(captured))
        return len(captured)

    yield measure
    assert len(set(counts)) == 1, f"queries grow with the data: {counts}"
