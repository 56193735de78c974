"""Two people edit one thing: the second is told who changed what, and keeps her text."""

from typing import Any

from django.db import models
from django.db.models import F

from callcare.core.deeds import Line, Refused, timeline


class Outdated(Refused):
    """Somebody saved this thing since it was read. `lines` are the deeds that came in between."""

    def __init__(self, thing: models.Model, seen: int) -> None:
        super().__init__("Cette fiche a changé pendant que vous écriviez ; votre texte est gardé.")
        self.thing = thing
        self.lines = [line for line in timeline(thing) if _version_reached(line) > seen]


def _version_reached(line: Line) -> int:
    return int(line.changes.get("version", (0, 0))[1])


class Versioned(models.Model):
    """A thing people edit on a page: `version` grows with each edit, so that a stale page is noticed."""

    version = models.PositiveIntegerField("version", default=1, editable=False)

    class Meta:
        abstract = True

    def edit(self, *, seen: int, **changes: Any) -> None:
        """Write `changes` if the thing is still at the version the person saw; raise Outdated otherwise."""
        here = type(self)._default_manager.filter(pk=self.pk, version=seen)
        if not here.update(version=F("version") + 1, **changes):
            raise Outdated(self, seen)
        self.refresh_from_db()
