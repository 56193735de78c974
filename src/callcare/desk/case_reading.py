"""The capture line read into the fields of the form, as they would be typed by hand."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from callcare.desk.case_forms import plain
from callcare.territories.models import Territory


def understood(line: str) -> dict[str, str]:
    """The fields that a line of French fills; nothing for an empty line."""
    if not line.strip() or find_spec("callcare.desk.capture") is None:
        return {}
    said: Any = import_module("callcare.desk.capture").read_line(line)
    fields = {
        "quantity": "" if said.quantity is None else plain(float(said.quantity)),
        "unit": said.unit,
        "amount": "" if said.amount_cents is None else plain(said.amount_cents / 100),
        "category": said.category,
        "commune": _label(said.commune),
        "from": said.from_on and said.from_on.isoformat(),
        "until": said.until_on and said.until_on.isoformat(),
        "every": said.every,
        "mode": said.mode,
        "audience": said.audience,
        "people_expected": said.people,
        "priority": 1 if said.urgent else "",
    }
    return {name: str(value) for name, value in fields.items() if value not in (None, "")}


def _label(code: str | None) -> str:
    """A commune as it is shown in a field, from its code."""
    found = Territory.objects.communes().with_parents().filter(code=code).first() if code else None
    return found.label if found else ""
