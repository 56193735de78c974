"""The numbers of the review's tables. A table holds up to a thousand: drawn here, not node by node of a template."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from callcare.core import french

register = template.Library()
NONE = '<td data-num><span class="soft">0</span></td>'


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
def count_lines(lines: Iterable[Counts], columns: Sequence[Column]) -> SafeString:
    """{% count_lines lines columns %}: a cell for each figure; a number opens its rows."""
    heads = [(escape(column.url), escape(column.label)) for column in columns]  # once, not in each cell
    drawn = []
    for line in lines:
        query, label = escape(line.query), escape(line.label)
        cells = [
            f'<td data-num><a href="{url}?{query}" aria-label="{word}, {label} : {n}">{french.number(n)}</a></td>'
            if n
            else NONE
            for (url, word), n in zip(heads, line.counts, strict=True)
        ]
        drawn.append(f'<tr><th scope="row">{escape(capfirst(line.label))}</th>{"".join(cells)}</tr>')
    return SafeString("".join(drawn))
