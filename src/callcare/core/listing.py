"""Long lists, a page at a time."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

Rows = TypeVar("Rows", bound="QuerySet[Any]")

MANY = 1_000  # rows a search counts; beyond, it says that there are more


class KeyPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """Sorts and cuts the keys alone, then fetches the rows of one page with what it takes to show them.

    Sorting a hundred thousand wide joined rows for the sake of twenty-five was most of the time of a list. `shown`
    says how rows are fetched; without it, as the list itself would. `count` is how many there are, where it is known.
    The second half of a list is reached from its end.
    """

    def __init__(
        self, found: "QuerySet[Any]", per_page: int, *, shown: "QuerySet[Any] | None" = None, count: int | None = None
    ) -> None:
        super().__init__(found, per_page)
        if count is not None:
            self.count = count  # a cached property: known already, it is not asked
        self.shown = found if shown is None else shown

    def page(self, number: int | str) -> "Page[Any]":
        number = self.validate_number(number)
        wanted = self._wanted((number - 1) * self.per_page)
        rows = {row.pk: row for row in self.shown.filter(pk__in=wanted)}
        return self._get_page([rows[key] for key in wanted if key in rows], number, self)  # type: ignore[attr-defined, no-any-return]

    def _wanted(self, first: int) -> list[Any]:
        """The keys of the page that begins there."""
        found: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        keys = found.select_related(None).prefetch_related(None).values_list("pk", flat=True)
        end = min(first + self.per_page, self.count)
        if first <= self.count // 2 or not found.ordered:
            return list(keys[first:end])
        return list(keys.reverse()[self.count - end : self.count - first])[::-1]


class SearchPaginator(KeyPaginator):
    """Reads the keys of what a search found, in their order, and counts no further than they go.

    A word that a tenth of the rows hold has twenty thousand of them, and nobody reads these: `is_cut` says that there
    are more than `at_least`. Every page can still be turned to, and the last one knows the whole count.
    """

    keys: list[Any]
    is_cut = False

    @property
    def at_least(self) -> int:
        return len(self.keys) - self.is_cut

    @property
    def count(self) -> int:
        return len(self.keys)

    def get_page(self, number: int | float | str | None) -> "Page[Any]":
        said = str(number)[:9]  # nine digits are more pages than there are rows; a thousand would not be a number
        asked = int(said) if said.isdecimal() else 1
        found: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        keys = found.select_related(None).prefetch_related(None).values_list("pk", flat=True)
        end = max(MANY, min(asked, MANY * MANY) * self.per_page)
        self.keys = list(keys[: end + 1])
        self.is_cut = len(self.keys) > end
        return super().get_page(number)

    def _wanted(self, first: int) -> list[Any]:
        return self.keys[first : first + self.per_page]


def holding(rows: Rows, places: Sequence[Q]) -> Rows:
    """Those of the rows that one of these conditions holds for, each of which has its index.

    A rare word is looked up in each index, and what they name is sorted. A common one is not: walking the rows in the
    order of the list meets a page of them long before the indexes have named them all. Which it is, is found out by
    looking up no more than `MANY`.
    """
    plain = rows.order_by()
    first, *others = [plain.filter(where).values_list("pk", flat=True) for where in places]
    keys = list(first.union(*others, all=True)[: MANY + 1])
    return rows.filter(pk__in=set(keys)) if len(keys) <= MANY else rows.filter(reduce(or_, places))
