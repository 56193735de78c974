"""From a reference to its page: the letter says which. Each app offers its own in `ready()`; `ui` knows none.

addresses.offer("B", "needs:page")
"""

import re

from django.urls import reverse

from callcare.core import refs

_offered: dict[str, str] = {}


def offer(letter: str, url_name: str) -> None:
    """The page `url_name`, which takes a reference, shows the things whose reference begins with `letter`."""
    _offered[letter] = url_name


def address_of(text: str) -> str:
    """Where the thing of this reference is shown, "" for what is no reference of ours.

    Rights are the page's affair. A word of eight letters is a word: a reference has a hyphen or a figure.
    """
    ref = refs.clean(text) if re.search(r"[-\d]", text) else None
    return reverse(_offered[ref[0]], args=[ref]) if ref and ref[0] in _offered else ""
