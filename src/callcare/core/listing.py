"""Long lists, a page at a time."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet


class KeyPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable at run time
    """Sorts and cuts the keys alone, then fetches the rows of one page with what it takes to show them.

    Sorting a hundred thousand wide joined rows for the sake of twenty-five was most of the time of a list. `shown`
    says how rows are fetched; without it, as the list itself would.
    """

    def __init__(self, found: "QuerySet[Any]", per_page: int, *, shown: "QuerySet[Any] | None" = None) -> None:
        super().__init__(found, per_page)
        self.shown = found if shown is None else shown

    def page(self, number: int | str) -> "Page[Any]":
        number = self.validate_number(number)
        found: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        first = (number - 1) * self.per_page
        keys = found.select_related(None).prefetch_related(None).values_list("pk", flat=True)
        wanted = list(keys[first : first + self.per_page])
        rows = {row.pk: row for row in self.shown.filter(pk__in=wanted)}
        return self._get_page([rows[key] for key in wanted if key in rows], number, self)  # type: ignore[attr-defined, no-any-return]
