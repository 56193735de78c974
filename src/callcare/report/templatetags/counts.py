"""The numbers of the review's tables. A table holds up to a thousand: drawn here, not node by node of a template."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from callcare.core import french

register = template.Library()
NONE = SafeString('<td data-num><span class="soft">0</span></td>')
SOME = '<td data-num><a href="{}?{}" aria-label="{}, {} : {}">{}</a></td>'


@dataclass(frozen=True, slots=True)
class Column:
    """A figure at the head of a table; `url` opens its rows."""

    label: str
    definition: str
    url: str


@dataclass(frozen=True, slots=True)
class Counts:
    """A line: what it is about, what narrows the rows to it, and a count for each column."""

    label: str
    query: str
    counts: tuple[int, ...]


@register.simple_tag
def counts(line: Counts, columns: Iterable[Column]) -> SafeString:
    """{% counts line columns %}: a cell for each figure; a number opens its rows."""
    query, label = escape(line.query), escape(line.label)  # once a line, not once a cell
    cells = (
        format_html(SOME, column.url, query, column.label, label, n, french.number(n)) if n else NONE
        for column, n in zip(columns, line.counts, strict=True)
    )
    return format_html_join("", "{}", ((cell,) for cell in cells))
