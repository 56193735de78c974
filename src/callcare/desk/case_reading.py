"""The capture line read into the fields of the form, as they would be typed by hand."""

from callcare.desk.capture import capture
from callcare.desk.case_forms import plain
from callcare.desk.models import Desk
from callcare.territories.enums import Level
from callcare.territories.gazetteer import gazetteer


def understood(line: str, desk: Desk) -> dict[str, str]:
    """The fields that a line of French, said at this desk, fills; nothing for an empty line."""
    if not line.strip():
        return {}
    near = desk.territory.code if desk.territory and desk.territory.level == Level.DEPARTEMENT else ""
    said = capture(line, near=[near] if near else [])
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
    found = gazetteer().places.get(code) if code else None
    return found.label if found else ""
