"""One adapter per provider: pure functions from a request to events. They do no I/O and know no database."""

from callcare.calls.rules.adapters import generic
from callcare.calls.rules.adapters.adapter import Adapter, Reply

ADAPTERS: dict[str, Adapter] = {one.provider: one for one in (generic.ADAPTER,)}

__all__ = ["ADAPTERS", "Adapter", "Reply"]
