"""One commitment line over all the need lines that may take from it: today's rows, and the best plan for them.

Nothing is kept: each opening asks the rows again, so that a plan is never older than what it shares.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from callcare.core import french
from callcare.matching.candidates import Candidate, Found, needs_to_share
from callcare.matching.rules import sharing, sharing_said
from callcare.matching.rules.facts import Day, Offered, Wanted
from callcare.matching.rules.sharing import Plan, Question, Stock, Want
from callcare.territories.models import Territory

MOST_LINES = 400  # need lines considered for one stock, best first


@dataclass(frozen=True, slots=True)
class Sharer:
    """One need line that may take from the stock. Quantities are whole units of the stock."""

    line: int
    candidate: Candidate
    wanted: Wanted
    open: int
    minimum: int
    territory: str

    @property
    def seen(self) -> str:
        """What was read of the line, to find out later whether it has changed."""
        return f"{self.wanted.revision}.{self.wanted.open}"


@dataclass(frozen=True)
class Sharing:
    """A stock, who may take from it, and what follows."""

    offered: Offered
    sharers: Mapping[int, Sharer]
    found: Found

    @property
    def stock(self) -> int:
        return self.offered.line or 0

    @property
    def free(self) -> int:
        """Whole units that are left of the stock."""
        return max(0, self.offered.free) // self.offered.counting.factor

    @property
    def seen(self) -> str:
        return f"{self.offered.revision}.{self.offered.free}"

    @cached_property
    def question(self) -> Question:
        wants = [
            Want(one.line, one.open, one.minimum, one.territory, _turn(one.wanted)) for one in self.sharers.values()
        ]
        values = {(self.stock, one.line): one.candidate.tenths for one in self.sharers.values()}
        return Question([Stock(self.stock, self.free)], wants, values)

    def plan(self, fixed: Mapping[int, int]) -> Plan:
        """The best plan in which these lines get exactly what was decided for them."""
        return sharing.share(self.question, fixed={(self.stock, line): quantity for line, quantity in fixed.items()})

    def in_turn(self) -> dict[int, int]:
        """What each line would get if the first to ask were the first served."""
        return {line: quantity for (_, line), quantity in sharing.in_turn(self.question).items()}

    def value_of(self, shares: Mapping[int, int]) -> int:
        return sharing.value(self.question, {(self.stock, line): quantity for line, quantity in shares.items()})

    def why(self, plan: Plan, fixed: Mapping[int, int]) -> dict[int, str]:
        """Each share in a sentence."""
        names = {line: one.candidate.organisation_name for line, one in self.sharers.items()}
        return sharing_said.why(self.question, plan, names=names, fixed=frozenset(fixed))

    def one_more(self, plan: Plan) -> str:
        """What one more unit of the stock would do."""
        names = {line: one.candidate.organisation_name for line, one in self.sharers.items()}
        return sharing_said.one_more(plan, self.stock, names=names)

    def said(self, units: int) -> str:
        """So many units of the stock: « 12 pièces »."""
        counting, measures = self.offered.counting, units * self.offered.counting.factor
        return french.quantity(
            measures, measure=counting.measure, factor=counting.factor, one=counting.one, many=counting.many
        )


def _turn(wanted: Wanted) -> tuple[int, ...]:
    return (wanted.opened_on.toordinal() if wanted.opened_on else 0, wanted.line or 0)


def sharing_of(offered: Offered, *, today: Day, limit: int = MOST_LINES) -> Sharing:
    """Who may take from this commitment line today: two questions to the database, however many there are.

    Only lines of the same rhythm: a half-day a week is not shared in half-days of once.
    """
    found, asked = needs_to_share(offered, today=today, limit=limit)
    taken = [one for one in found.candidates if asked[one.line].every == offered.every]
    places = {commune for one in taken if (commune := asked[one.line].place.commune) is not None}
    communes = Territory.objects.filter(pk__in=places).values_list("pk", "departement__name") if places else ()
    where: dict[int | None, str] = {pk: name or "" for pk, name in communes}
    unit = offered.counting.factor
    sharers = (
        Sharer(
            line=one.line, candidate=one, wanted=wanted, open=wanted.open // unit,
            minimum=-(-wanted.min_useful // unit), territory=where.get(wanted.place.commune, ""),
        )
        for one in taken
        if (wanted := asked[one.line]).open >= unit
    )  # fmt: skip
    return Sharing(offered, {one.line: one for one in sharers}, found)
