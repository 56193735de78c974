"""Places a lower page keeps open for facts from the floors above.

A page says `{% panels "need" need.ref %}`; an upper app says, in its `ready()`,
`panels.offer("need", "introductions:of-need", title="Mises en relation", order=10)`. Each panel is a page of its own,
with its own rights; htmx puts it in the place of its link, and without scripts the link leads there.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

Somebody = AbstractBaseUser | AnonymousUser


def roles_of(user: Somebody) -> frozenset[str]:
    """The roles a person has, as their plain names; none for a stranger."""
    return frozenset(getattr(user, "roles", ()))


@dataclass(frozen=True, slots=True)
class Panel:
    """One page shown inside another; `roles` empty: whoever sees the page sees the panel."""

    place: str
    url_name: str
    title: str
    order: int
    roles: frozenset[str]
    key: str

    def is_for(self, user: Somebody) -> bool:
        return not self.roles or bool(self.roles & roles_of(user))


_offered: dict[tuple[str, str], Panel] = {}


def offer(place: str, url_name: str, *, title: str, order: int = 50, roles: Iterable[str] = (), key: str = "") -> None:
    """Show the page `url_name` (which takes the place's one argument) at `place`, under `title`; `key` opens it."""
    _offered[place, url_name] = Panel(place, url_name, title, order, frozenset(str(role) for role in roles), key)


def offered(place: str) -> list[Panel]:
    """The panels of a place, in their order."""
    return sorted((panel for panel in _offered.values() if panel.place == place), key=lambda panel: panel.order)


def places() -> set[str]:
    """Every place somebody offers a panel to."""
    return {place for place, _ in _offered}
