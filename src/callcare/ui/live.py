"""The place on top of every page where an app shows what happens by itself. `ui` knows none of it.

    live.offer(stream="calls:stream", present="calls:present", label="Appels",
        one="1 autre appel", many="{n} autres appels", roles=[Role.OPERATOR])

The page `stream` sends events, the page `present` answers the same once; `ui/js/live.js` says in which form.

    live.offer_news("mails")

On the same stream: whatever carries data-news="mails" on an open page is asked for anew when a desk of the person is
named on that channel (`core.live`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from callcare.ui.panels import Somebody, roles_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where the news of a page come from, for the people of its roles."""

    stream: str
    present: str
    label: str
    one: str
    many: str
    roles: frozenset[str]

    def is_for(self, user: Somebody) -> bool:
        return user.is_authenticated and bool(self.roles & roles_of(user))


_offered: list[Place] = []


def offer(*, stream: str, present: str, label: str, one: str, many: str, roles: Iterable[str]) -> None:
    """One place for the whole house: a browser opens one stream. `many` says how many more there are: « {n} … »."""
    _offered[:] = [Place(stream, present, label, one, many, frozenset(str(role) for role in roles))]


_news: list[str] = []


def offer_news(channel: str) -> None:
    """The words of this channel are keys of desks that have something new."""
    if channel not in _news:
        _news.append(channel)


def news() -> list[str]:
    return list(_news)


def place_for(user: Somebody) -> Place | None:
    return next((place for place in _offered if place.is_for(user)), None)
