"""One adapter per provider: pure functions from a request to events. They do no I/O and know no database."""

from callcare.calls.rules.adapters import aircall, asterisk, generic, ovh, ovh_cgi, placetel, ringover, sipgate
from callcare.calls.rules.adapters.adapter import Adapter, Reply, Sample, Setting

_MODULES = (generic, sipgate, ringover, aircall, placetel, ovh, ovh_cgi, asterisk)
ADAPTERS: dict[str, Adapter] = {module.ADAPTER.provider: module.ADAPTER for module in _MODULES}

__all__ = ["ADAPTERS", "Adapter", "Reply", "Sample", "Setting"]
