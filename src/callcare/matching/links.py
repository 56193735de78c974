"""Where « Relier » leads. The floor that proposes introductions is above: it says so in its `ready()`.

links.offer("introductions:propose")   # a page that reads ?need_line=…&commitment_line=…
links.offer_sharing("allocations:share")   # the page that spreads one commitment over the needs that wait for it
"""

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

_relate: list[str] = []
_share: list[str] = []


def offer(url_name: str) -> None:
    """The page that proposes an introduction between two lines; the last one offered holds."""
    _relate[:] = [url_name]


def relate(*, need_line: int | None, commitment_line: int | None) -> str:
    """The address that brings two lines together; "" while nobody offers it or a line is not written yet."""
    if not _relate or need_line is None or commitment_line is None:
        return ""
    try:
        address = reverse(_relate[0])
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode({'need_line': need_line, 'commitment_line': commitment_line})}"


def offer_sharing(url_name: str) -> None:
    """The page « Répartir » of a commitment, by its reference; the last one offered holds."""
    _share[:] = [url_name]


def share(ref: str) -> str:
    """Where the stock of a commitment is spread; "" while nobody offers it."""
    return reverse(_share[0], args=[ref]) if _share else ""
