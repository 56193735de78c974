"""The entries of the menu. Each app offers its own in `ready()`; `ui` knows none of them by itself.

    menu.offer(label="Besoins", url_name="needs:list", order=40, roles=(Role.OPERATOR,), badge=open_needs)

A badge is a number to do something about: an int, or better a queryset, since all querysets are counted in one query.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Value

from callcare.ui.panels import Somebody, roles_of

Badge = Callable[[Any], "int | QuerySet[Any]"]

# Set by the app that offers them: the name of the page that searches (its field is `q`), its label, the roles it is
# for, and the line under the menu (which desk, open until when).
search: str = ""
search_label: str = "Organisation, numéro, référence…"
search_roles: frozenset[str] = frozenset()
note: Callable[[Any], str] | None = None
account: str = ""  # the page of one's own account
leave: str = ""  # where signing out is posted


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu, for the people of its roles (none named: everybody known)."""

    label: str
    url_name: str
    order: int
    roles: frozenset[str]
    group: str
    badge: Badge | None
    tone: str

    def is_for(self, user: Somebody) -> bool:
        return user.is_authenticated and (not self.roles or bool(self.roles & roles_of(user)))


_offered: dict[str, Entry] = {}


def offer(
    *,
    label: str,
    url_name: str,
    order: int,
    roles: Iterable[str] = (),
    group: str = "",
    badge: Badge | None = None,
    tone: str = "",
) -> None:
    """Add a line to the menu. `group` draws a rule between groups; `tone="late"` makes the badge one that hurts."""
    names = frozenset(str(role) for role in roles)
    _offered[url_name] = Entry(label, url_name, order, names, group, badge, tone)


def entries() -> list[Entry]:
    """The whole menu, in its order."""
    return sorted(_offered.values(), key=lambda entry: entry.order)


def counts(entries: Iterable[Entry], user: Somebody) -> dict[str, int]:
    """What stands in the badges, by URL name: one query for all the querysets together."""
    found: dict[str, int] = {}
    asked: list[QuerySet[Any, Any]] = []
    for entry in entries:
        if entry.badge is None:
            continue
        said = entry.badge(user)
        if isinstance(said, int):
            found[entry.url_name] = said
        else:
            named = said.order_by().annotate(entry=Value(entry.url_name)).values("entry")
            each = Count("pk", distinct=True) if said.query.distinct else Count("*")  # read from an index alone
            asked.append(named.annotate(n=each).values_list("entry", "n"))
    if asked:
        first, *others = asked
        found |= dict(first.union(*others, all=True) if others else first)
    return found


def search_for(user: Somebody) -> str:
    """The name of the searching page, "" where there is none for this person."""
    return search if user.is_authenticated and (not search_roles or search_roles & roles_of(user)) else ""
