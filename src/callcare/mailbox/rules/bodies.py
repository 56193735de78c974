"""What a mail says: its text, whichever parts it stands in, and the same as HTML for the page's sandbox."""

import html
import re
from dataclasses import dataclass, field

from callcare.mailbox.rules import charsets, markup
from callcare.mailbox.rules.mime import Leaf
from callcare.mailbox.rules.readings import Fold

LONGEST_TEXT = 1_000_000
MOST_BYTES = 4_000_000  # of one part, before it is decoded

TEXT_CUT = "Le texte est très long : seul son début est montré, le courriel d’origine est complet."
HTML_TOO_MUCH = "La mise en page est trop lourde pour être montrée sans danger : seul le texte l’est."
GUESSED = "Le jeu de caractères annoncé (« {said} ») n’est pas le bon : le texte a été lu comme {read}."
DAMAGED = "Quelques caractères du texte sont abîmés."

_META = re.compile(rb"<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_FLOWED_QUOTE = re.compile(r">*")


@dataclass
class Body:
    """Collects the parts that are read; the others are attachments."""

    parts: list[tuple[Leaf, str]] = field(default_factory=list)
    charset: str = ""
    warnings: list[str] = field(default_factory=list)

    def take(self, leaf: Leaf, data: bytes) -> None:
        """One more part of the body, decoded."""
        is_page = leaf.type == "text/html"
        declared = leaf.parameters.get("charset", "")
        if not declared and is_page and (meta := _META.search(data[:2048])):
            declared = meta[1].decode("ascii")
        data = markup.lightened(data) if is_page else data
        text, read = charsets.decoded(data[:MOST_BYTES], declared)
        if len(data) > MOST_BYTES or len(text) > (markup.LONGEST if is_page else LONGEST_TEXT):
            self.warnings.append(TEXT_CUT)
        self._note(declared, read, is_ascii=text.isascii())
        if not is_page:
            text = text[:LONGEST_TEXT]
            text = _unflowed(text, leaf) if leaf.parameters.get("format", "").lower() == "flowed" else text
        self.parts.append((leaf, charsets.storable(text)))

    def text(self) -> tuple[str, tuple[Fold, ...]]:
        """The text, and the hints of the HTML on what to fold. Of several ways to say one thing, the plain one."""
        pieces: list[str] = []
        hints: list[Fold] = []
        length = 0
        for leaf, said in self._said(plain_first=True):
            full, marks = markup.as_text(said) if leaf.type == "text/html" else (said, ())
            text = charsets.storable(full).strip("\n")[: LONGEST_TEXT - length]
            if not text.strip():
                continue
            shift = length - (len(full) - len(full.lstrip("\n")))
            hints += [Fold(mark.start + shift, mark.end + shift, mark.kind) for mark in marks]
            pieces.append(text)
            length += len(text) + 2
        return "\n\n".join(pieces), tuple(hints)

    def html(self) -> str:
        """What the page may show; "" when the mail has no HTML, or too much of it."""
        if not any(leaf.type == "text/html" for leaf, _ in self.parts):
            return ""
        source = "".join(
            said if leaf.type == "text/html" else f"<p>{html.escape(said).replace(chr(10), '<br>')}</p>"
            for leaf, said in self._said(plain_first=False)
        )
        if markup.is_too_much(source):
            self.warnings.append(HTML_TOO_MUCH)
            return ""
        clean = charsets.storable(markup.sanitised(source)).strip()
        return clean if markup.as_text(clean)[0].strip() else ""

    def _said(self, *, plain_first: bool) -> list[tuple[Leaf, str]]:
        """The parts to read in order, one way of saying of each choice."""
        kept: list[tuple[Leaf, str]] = []
        done: set[int] = set()
        for leaf, said in self.parts:
            if leaf.choice < 0:
                kept.append((leaf, said))
            elif leaf.choice not in done:
                done.add(leaf.choice)
                kept += self._chosen(leaf.choice, plain_first=plain_first)
        return kept

    def _chosen(self, choice: int, *, plain_first: bool) -> list[tuple[Leaf, str]]:
        ways = [(leaf, said) for leaf, said in self.parts if leaf.choice == choice and said.strip()]
        plain = [way for way in ways if way[0].type != "text/html"]
        rich = [way for way in ways if way[0].type == "text/html"]
        return (plain or rich) if plain_first else (rich or plain)

    def _note(self, declared: str, read: str, *, is_ascii: bool) -> None:
        self.charset = self.charset or read
        if "abîmé" in read:
            self.warnings.append(DAMAGED)
        elif declared and not is_ascii and charsets.codec_of(declared) != read:
            self.warnings.append(GUESSED.format(said=charsets.one_line(declared)[:40], read=read))


def is_body(leaf: Leaf) -> bool:
    """Is this part read as words of the sender, rather than offered as an attachment?"""
    if (
        leaf.type not in {"text/plain", "text/html", "text/enriched", "text/richtext"}
        or leaf.disposition == "attachment"
    ):
        return False
    is_named = leaf.disposition_parameters.get("filename") or leaf.parameters.get("name")
    return not is_named or not leaf.inside


def may_be_body(leaf: Leaf) -> bool:
    """Is it a text with a name of its own? It is an attachment, and what is read when there is nothing else."""
    return leaf.type == "text/plain" and leaf.disposition != "attachment" and not is_body(leaf)


def _unflowed(text: str, leaf: Leaf) -> str:
    """Lines that a program broke are joined again (RFC 3676)."""
    deletes_space = leaf.parameters.get("delsp", "").lower() == "yes"
    lines: list[str] = []
    open_depth = -1  # of the line above, when it goes on
    for line in text.replace("\r\n", "\n").split("\n"):
        quote = _FLOWED_QUOTE.match(line)
        depth = quote.end() if quote else 0
        said = line[depth:].removeprefix(" ")
        goes_on = said.endswith(" ") and said != "-- "
        shown = said[:-1] if goes_on and deletes_space else said
        if depth == open_depth and said != "-- ":
            lines.append(shown)
        else:
            lines.append(("\n" if lines else "") + (">" * depth + " " if depth else "") + shown)
        open_depth = depth if goes_on else -1
    return "".join(lines)
