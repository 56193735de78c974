"""How a sharing speaks: why each line gets what it gets, in French that can be read aloud."""

from collections.abc import Collection, Mapping

from callcare.core import french
from callcare.matching.rules.scores import TENTHS
from callcare.matching.rules.sharing import Plan, Question, Want


def points(tenths: int) -> str:
    """614 → « 61,4 »."""
    return f"{tenths // TENTHS},{tenths % TENTHS}"


def why(question: Question, plan: Plan, *, names: Mapping[int, str], fixed: Collection[int] = ()) -> dict[int, str]:
    """One sentence for each line, by its number."""
    worth = _Worth(question, plan)
    last = worth.least_given(fixed)
    return {want.key: _why(want, plan, worth, last, names, is_fixed=want.key in fixed) for want in question.wants}


def _why(
    want: Want, plan: Plan, worth: "_Worth", last: int | None, names: Mapping[int, str], *, is_fixed: bool
) -> str:
    got = worth.given[want.key]
    if is_fixed:
        return "fixé par vous"
    if got >= want.open:
        return "tout ce qui est demandé"
    if want.key in plan.dropped:
        return f"écarté : sous son minimum de {french.number(want.least)}"
    if any(plan.left.values()) and worth.best[want.key]:
        return "le reste n’atteint pas son minimum" if not got else "une part, le reste n’allait à personne d’autre"
    if last is None or last == want.key:
        return "sa part : le stock s’arrête là"
    here, there = worth.of_next(want), worth.of_last(last)
    if got == 0 and want.least > 1 and here >= there:
        return f"écarté : sous son minimum de {french.number(want.least)}"
    what = "une unité de plus" if got else "une unité"
    if here >= there:
        return f"{what} vaut autant à {names[last]}"
    return f"{what} vaut plus à {names[last]} : {points(there)} points contre {points(here)}"


def one_more(plan: Plan, stock: int, *, names: Mapping[int, str]) -> str:
    """What one more unit of a stock would do; what is too much, where something is left."""
    if plan.left.get(stock, 0) > 0:
        return "Une unité de plus ne servirait à personne : il en reste déjà."
    if (want := plan.next_to.get(stock)) is None:
        return "Une unité de plus ne servirait à personne aujourd’hui."
    return f"Une unité de plus servirait {names[want]} (elle y vaudrait {points(plan.prices[stock])} points)."


class _Worth:
    """What a unit is worth to each line at this point of the plan, the fairness between territories counted."""

    def __init__(self, question: Question, plan: Plan) -> None:
        self.wants = {want.key: want for want in question.wants}
        self.given = dict.fromkeys(self.wants, 0)
        self.best = dict.fromkeys(self.wants, 0)
        for (_, key), quantity in plan.shares.items():
            self.given[key] += quantity
        for (_, key), value in question.values.items():
            self.best[key] = max(self.best[key], value)
        asked: dict[str, int] = {}
        self.got: dict[str, int] = {}
        for want in question.wants:
            asked[want.territory] = asked.get(want.territory, 0) + want.open
            self.got[want.territory] = self.got.get(want.territory, 0) + self.given[want.key]
        self.steps = {territory: question.fairness.steps(most) for territory, most in asked.items()}

    def least_given(self, fixed: Collection[int]) -> int | None:
        """The line whose last unit is worth the least: where the stock stops."""
        got = [key for key, quantity in self.given.items() if quantity and key not in fixed]
        return min(got, key=lambda key: (self.of_last(key), key), default=None)

    def of_last(self, key: int) -> int:
        """What the last unit it got is worth."""
        return self.best[key] + self._fair(self.wants[key].territory, self.got[self.wants[key].territory] - 1)

    def of_next(self, want: Want) -> int:
        """What one more would be worth."""
        return self.best[want.key] + self._fair(want.territory, self.got[want.territory])

    def _fair(self, territory: str, before: int) -> int:
        for room, worth in self.steps[territory]:
            if before < room:
                return worth
            before -= room
        return 0
