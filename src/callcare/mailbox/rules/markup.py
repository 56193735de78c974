"""HTML of a mail: turned into text, and into the few tags that a page may show. Linear, whatever it holds.

nh3 has the last word on what is shown; before it, a scanner of ours drops what is not allowed and counts the tags,
because the time of any HTML parser grows faster than a malicious input.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

import nh3

from callcare.mailbox.rules.readings import Fold, FoldKind

MOST_TAGS = 4_000
LONGEST = 1_000_000
MOST_ENTITIES = 20_000
MOST_TOKENS = 100_000  # tags and pieces of text that are turned into text
LONGEST_TAG = 4_000
DEEPEST_QUOTE = 20

ALLOWED = {"p", "br", "b", "i", "u", "ul", "ol", "li", "a", "blockquote"}
SAME_AS = {"strong": "b", "em": "i", "ins": "u", "menu": "ul", "dir": "ul"}
SCHEMES = {"http", "https", "mailto", "tel"}
REL = "noopener noreferrer nofollow"
# A line of its own, also where the page keeps no such tag.
LINES = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
        "menu",
        "dir",
        "br",
        "title",
    ]
)
PARAGRAPHS = frozenset(["p", "ul", "ol", "blockquote", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "dl"])
UNSEEN = frozenset(
    [
        "script",
        "style",
        "head",
        "title",
        "template",
        "noscript",
        "iframe",
        "object",
        "embed",
        "svg",
        "math",
        "audio",
        "video",
        "canvas",
        "select",
        "textarea",
        "xml",
    ]
)
VOID = frozenset(
    ["br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "param", "source", "track", "wbr"]
)
# What programs put around the mail that is answered.
HISTORY_MARKS = ("divrplyfwdmsg", "appendonsend", "yahoo_quoted", "protonmail_quote")

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,40})")
_ATTRIBUTE = re.compile(r"""([a-zA-Z:_-]{1,40})\s{0,20}=\s{0,20}("[^"]{0,3000}"|'[^']{0,3000}'|[^\s"'>]{1,3000})""")
_QUOTE_OR_END = re.compile("[\"'>]")
_ENTITY = re.compile(r"&(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});?")
_PICTURE = re.compile(rb"data:[a-zA-Z0-9/;=+.-]{0,80},[a-zA-Z0-9+/=\r\n]{1000,}")
_SCHEME = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)  # never relative: it would lead into our own pages
_HIDDEN = re.compile(r"display\s{0,5}:\s{0,5}none|mso-hide\s{0,5}:\s{0,5}all", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")


@dataclass(frozen=True)
class Tag:
    name: str
    closes: bool
    attributes: str  # as written


def is_too_much(source: str) -> bool:
    """More tags, or more text, than a sanitiser is given."""
    return len(source) > LONGEST or source.count("<") > MOST_TAGS or source.count("&") > MOST_ENTITIES


def lightened(data: bytes) -> bytes:
    """A page without the pictures that are written into it: nothing of them is shown."""
    return _PICTURE.sub(b"data:,", data)


def sanitised(source: str) -> str:
    """The HTML a page may show in its sandbox; "" when there is too much of it."""
    if is_too_much(source):
        return ""
    return nh3.clean(
        "".join(_kept(source)),
        tags=ALLOWED,
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}},
        url_schemes=SCHEMES,
        link_rel=REL,
        strip_comments=True,
        generic_attribute_prefixes=set(),
    )


def as_text(source: str) -> tuple[str, tuple[Fold, ...]]:
    """The text of a page, quotations marked by "> ", and where programs say that the earlier mail begins."""
    writer = _Writer()
    for item in islice(_shown(source[:LONGEST]), MOST_TOKENS):
        if isinstance(item, str):
            writer.write(item)
        else:
            writer.tag(item)
    return writer.result()


def tokens(source: str) -> Iterator[Tag | str]:
    """Tags and text in order. Comments and declarations vanish; what is no tag is text."""
    ends = _Ends(source)
    at = 0
    while at < len(source):
        spot = source.find("<", at)
        if spot < 0:
            yield source[at:]
            return
        if spot > at:
            yield source[at:spot]
        found = _TAG.match(source, spot)
        if not found and source[spot + 1 : spot + 2] not in {"!", "?", "/"}:
            yield "<"
            at = spot + 1
            continue
        end = ends.of_comment(spot) if source.startswith("<!--", spot) else ends.of_tag(spot)
        if found:
            yield Tag(found[2].lower(), bool(found[1]), source[found.end() : end - 1])
        at = end


def unescaped(text: str) -> str:
    """Entities as their letters. (The library's own takes minutes for some texts, and fails on endless numbers.)"""
    return _ENTITY.sub(lambda found: _letter(found[0]), text)


@lru_cache(4096)
def _letter(entity: str) -> str:
    return html.unescape(entity)


def attributes(tag: Tag) -> dict[str, str]:
    return {
        found[1].lower(): unescaped(found[2].strip("\"'"))
        for found in _ATTRIBUTE.finditer(tag.attributes[:LONGEST_TAG])
    }


class _Ends:
    """Finds where tags and comments end; what it looks at in vain is counted, so that all of it stays linear."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.patience = 3 * len(source)

    def of_comment(self, start: int) -> int:
        end = self.source.find("-->", start + 4) if self.patience > 0 else -1
        if end >= 0:
            return end + 3
        self.patience -= len(self.source) - start
        return start + 4

    def of_tag(self, start: int) -> int:
        """Behind the ">" that ends a tag; one inside a quoted attribute does not."""
        end = self._outside_quotes(start)
        if end < 0:
            end = self.source.find(">", start)
        return end + 1 if end >= 0 else len(self.source) + 1

    def _outside_quotes(self, start: int) -> int:
        at = start + 1
        while self.patience > 0 and (found := _QUOTE_OR_END.search(self.source, at)):
            if found[0] == ">":
                return found.start()
            behind = found.end()
            if self.source[found.start() - 1] in "= ":
                behind = self.source.find(found[0], behind) + 1
                if not behind:
                    break
            self.patience -= behind - at
            at = behind
        self.patience -= len(self.source) - at
        return -1


def _shown(source: str) -> Iterator[Tag | str]:
    """Tokens without what a browser does not show: scripts, styles, what is hidden."""
    unseen, depth = "", 0
    for item in tokens(source):
        if not unseen:
            if isinstance(item, Tag) and _begins_unseen(item):
                unseen, depth = item.name, 1
            else:
                yield item
            continue
        if not isinstance(item, Tag):
            continue
        if item.name == unseen:
            depth += -1 if item.closes else 1
        if depth == 0 or (unseen == "head" and item.name == "body"):  # a head nobody closed
            unseen = ""


def _begins_unseen(tag: Tag) -> bool:
    if tag.closes or tag.name in VOID or tag.attributes.endswith("/"):
        return False
    is_hidden = tag.name in {"div", "span", "td", "p"} and bool(_HIDDEN.search(tag.attributes[:LONGEST_TAG]))
    return is_hidden or tag.name in UNSEEN


def _kept(source: str) -> Iterator[str]:
    """What nh3 is given: allowed tags without attributes but a link's, a line break where a block was."""
    fresh = True  # nothing since the last line break
    for item in _shown(source):
        if isinstance(item, str):
            fresh = fresh and not item.strip()
            yield html.escape(unescaped(item), quote=False)
            continue
        name = SAME_AS.get(item.name, item.name)
        if name in ALLOWED:
            yield _plain_tag(name, item)
            fresh = name in PARAGRAPHS or name == "br" or (fresh and name != "a")
        elif item.name in LINES and not fresh:
            fresh = True
            yield "<br>"
        elif item.name in {"td", "th"} and item.closes:
            yield " "


def _plain_tag(name: str, tag: Tag) -> str:
    if tag.closes:
        return "" if name == "br" else f"</{name}>"
    if name != "a":
        return f"<{name}>"
    href = attributes(tag).get("href", "").strip()
    return f'<a href="{html.escape(href)}">' if _SCHEME.match(href) else "<a>"


@dataclass
class _Writer:
    """Builds the text line by line."""

    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    depth: int = 0  # of quotations
    preformatted: int = 0
    links: list[str] = field(default_factory=list)
    marks: list[tuple[int, FoldKind]] = field(default_factory=list)  # from which line
    said: list[int] = field(default_factory=list)

    def write(self, text: str) -> None:
        text = unescaped(text).replace("\xa0", " ")
        if self.preformatted:
            first, *others = text.split("\n")
            self.line.append(first)
            for other in others:
                self.end_line()
                self.line.append(other)
            return
        text = _SPACES.sub(" ", text)
        if text != " " or self.line:
            self.line.append(text)

    def tag(self, tag: Tag) -> None:
        if tag.name in LINES:
            self.break_line(tag)
        if tag.name == "pre":
            self.preformatted = max(0, self.preformatted + (-1 if tag.closes else 1))
        elif tag.name == "blockquote":
            self.depth = min(DEEPEST_QUOTE, max(0, self.depth + (-1 if tag.closes else 1)))
        elif tag.name in {"td", "th"} and tag.closes:
            self.line.append(" ")
        elif tag.name == "a":
            self.link(tag)
        elif tag.name == "li" and not tag.closes:
            self.line.append("- ")
        if not tag.closes and tag.attributes and self.is_mark(tag):
            self.marks.append((len(self.lines), FoldKind.HISTORY))

    def break_line(self, tag: Tag) -> None:
        """A tag that stands on its own line ends the one before; paragraphs leave an empty line between them."""
        if self.line or tag.name == "br":
            self.end_line()
        if tag.name in PARAGRAPHS and self.lines and self.lines[-1].strip("> "):
            self.lines.append(self.prefix().rstrip())

    def link(self, tag: Tag) -> None:
        """The address of a link is shown beside words that hide it."""
        if not tag.closes:
            self.links.append(attributes(tag).get("href", "").strip())
            self.said.append(len(self.line))
            return
        if not self.links:
            return
        href, begun = self.links.pop(), self.said.pop()
        shown = "".join(self.line[begun:]).strip()
        if href.lower().startswith(("http://", "https://")) and shown and shown.rstrip("/") not in href:
            self.line.append(f" <{href[:500]}>")

    def is_mark(self, tag: Tag) -> bool:
        said = tag.attributes[:400].lower()
        if not any(mark in said for mark in HISTORY_MARKS):
            return False
        named = attributes(tag)
        words = f"{named.get('id', '')} {named.get('class', '')}".lower().split()
        return any(mark in word for word in words for mark in HISTORY_MARKS)

    def prefix(self) -> str:
        return "> " * self.depth

    def end_line(self) -> None:
        said = "".join(self.line) if self.preformatted else "".join(self.line).strip()
        self.lines.append(f"{self.prefix()}{said}".rstrip())
        self.line = []
        self.said = [0] * len(self.said)

    def result(self) -> tuple[str, tuple[Fold, ...]]:
        if self.line:
            self.end_line()
        starts, at = [], 0
        for line in self.lines:
            starts.append(at)
            at += len(line) + 1
        text = "\n".join(self.lines)
        folds = tuple(Fold(starts[n], len(text), kind) for n, kind in self.marks if n < len(starts))
        return text, folds
