"""What other weights would change: this week's needs ranked by both, side by side. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from callcare.core import clock
from callcare.desk.enums import CaseState
from callcare.matching.candidates import Candidate, candidates_for_need
from callcare.matching.lines import this_day, wanted_by
from callcare.matching.models import WantedLine
from callcare.matching.rules.facts import Settings
from callcare.needs.models import NeedLine

WEEK = timedelta(days=7)
SAMPLE = 12  # need lines shown: each is ranked twice
LOOKED_AT = 24  # to find as many that have candidates at all
TOP = 3


@dataclass(frozen=True, slots=True)
class Place:
    """One candidate at its rank by the other weights, and where she stood by those in force."""

    rank: int
    candidate: Candidate
    before: int  # 0: not among the first

    @property
    def said(self) -> str:
        if not self.before:
            return "entre"
        return "reste" if self.before == self.rank else f"était {self.before}e" if self.before > 1 else "était 1er"


@dataclass(frozen=True, slots=True)
class Tried:
    """One need line: its first candidates by the weights in force, and by the others."""

    line: NeedLine
    old: tuple[Candidate, ...]
    new: tuple[Place, ...]

    @property
    def is_changed(self) -> bool:
        return [one.line for one in self.old] != [one.candidate.line for one in self.new]

    @property
    def is_first_changed(self) -> bool:
        return bool(self.old and self.new) and self.old[0].line != self.new[0].candidate.line


def sample() -> list[NeedLine]:
    """The lines of this week's needs that still lack something, newest first; older ones where the week was calm."""
    open_ = NeedLine.objects.filter(need__state=CaseState.OPEN, qty_open__gt=0)
    shown = open_.select_related("need__commune", "need__organisation", "category", "unit")
    newest = shown.order_by("-need__opened_at", "pk")
    this_week = list(newest.filter(need__opened_at__gte=clock.now() - WEEK)[:LOOKED_AT])
    return this_week or list(newest[:LOOKED_AT])


def tried(lines: Sequence[NeedLine], *, old: Settings, new: Settings) -> list[Tried]:
    """Each line by both rules, those whose first candidate changes first."""
    rows, today = WantedLine.objects.in_bulk([line.pk for line in lines]), this_day()
    found = []
    for line in lines:
        wanted = wanted_by(line, rows.get(line.pk))
        before = candidates_for_need(wanted, today=today, limit=TOP, settings=old).candidates[:TOP]
        if not before:
            continue  # weights stop nobody, and bring nobody
        after = candidates_for_need(wanted, today=today, limit=TOP, settings=new).candidates[:TOP]
        ranks = {one.line: rank for rank, one in enumerate(before, 1)}
        places = [Place(rank, one, ranks.get(one.line, 0)) for rank, one in enumerate(after, 1)]
        found.append(Tried(line, before, tuple(places)))
        if len(found) == SAMPLE:
            break
    return sorted(found, key=lambda one: (not one.is_first_changed, not one.is_changed))
