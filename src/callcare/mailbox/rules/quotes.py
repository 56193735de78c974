"""Which passages of a mail are folded: earlier mails and signatures. Nothing is cut, and never is all of it folded."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from callcare.mailbox.rules.readings import Fold, FoldKind

MOST_LINES = 20_000
LONGEST_LINE = 400  # a longer one is prose
LONGEST_SIGNATURE = 40
LONGEST_LOOSE_SIGNATURE = 12  # after "--" without the space that makes it a signature
HEADER_LINES = 14

_QUOTED = re.compile(r"\s{0,3}>")
_READABLE = re.compile(r"[^\W_]")
_ADDRESSED = re.compile(r"<(?:mailto:)?[^<>\s@]{1,64}@[^<>\s]{1,190}>|\[(?:mailto:)[^\]\s]{1,200}\]")
_OPENING = re.compile(r"(?:le|on|am|el|il|op|em|den)\b|[\d*_]", re.IGNORECASE)
_CLOSING = re.compile(
    r"(?:\ba\s[ée]crit|\bwrote|\bescribió|\bha\sscritto|\bescreveu|\bschrieb\b.{0,160}|\bschreef\b.{0,160})\s?:\*?$",
    re.IGNORECASE,
)
_TOLD = re.compile(r"(?:\b(?:nous|vous|lui|leur|te|me)|\b[mt]['’])\s?a\s[ée]crit\s?:$", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"[-_*=>\s]{0,80}(?:(?:message|mail|courriel|e-mail|mél)\s(?:d['’´`]\s?origine|original|initial)|original\s(?:message|mail)"
    r"|ursprüngliche\snachricht|oorspronkelijk\sbericht|mensaje\soriginal|messaggio\soriginale)\s?:?[-_*=\s]{0,80}$",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"[-_*=>\s]{0,80}(?:(?:début\sdu\s)?(?:message|mail|courriel|e-mail|mél)\s(?:transf[ée]r[ée]|r[ée]exp[ée]di[ée])(?:\sde\s.{1,100})?"
    r"|(?:begin\s)?forwarded\s(?:message|mail)|(?:anfang\sder\s)?weitergeleitete[nr]?\snachricht|doorgestuurd\sbericht)"
    r"\s?:?[-_*=\s]{0,80}$",
    re.IGNORECASE,
)
_FORWARDING_SUBJECT = re.compile(r"\s{0,5}(?:re\s?:\s?)?(?:tr|fwd?|fw|transf|wg|i)\s?:", re.IGNORECASE)
_RULE = re.compile(r"[-_=*\s]{5,200}$")
_FIELDS = {
    "from": re.compile(r"[*_>\s]{0,6}(?:de|from|von|da|expéditeur)\s?[*_]{0,2}\s?:[*_]{0,2}\s{0,3}\S", re.IGNORECASE),
    "date": re.compile(
        r"[*_>\s]{0,6}(?:envoyé(?:\sle)?|date|sent|gesendet|datum|inviato)\s?[*_]{0,2}\s?:", re.IGNORECASE
    ),
    "to": re.compile(r"[*_>\s]{0,6}(?:à|a|to|an|destinataires?|pour)\s?[*_]{0,2}\s?:", re.IGNORECASE),
    "subject": re.compile(r"[*_>\s]{0,6}(?:objet|sujet|subject|betreff|oggetto)\s?[*_]{0,2}\s?:", re.IGNORECASE),
}
_DEVICE = re.compile(
    r"(?:envoyé (?:de(?:puis)? (?:mon|ma|l['’])|à partir d|depuis (?:l['’]|mon|ma|yahoo|outlook)|avec|via)"
    r"|sent from |sent with |get outlook for|obtenir outlook|télécharger outlook|provenance : courrier"
    r"|gesendet (?:von|mit)|von meinem .{1,40} gesendet).{0,160}$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Line:
    start: int
    end: int  # with its line break
    said: str

    @property
    def is_blank(self) -> bool:
        return not self.said.strip()

    @property
    def is_quoted(self) -> bool:
        return bool(_QUOTED.match(self.said))

    @cached_property
    def fields(self) -> set[str]:
        """Which headers of an earlier mail it may be."""
        return {name for name, field in _FIELDS.items() if field.match(self.said)} if ":" in self.said else set()


def folds(text: str, *, subject: str = "", hints: tuple[Fold, ...] = ()) -> tuple[Fold, ...]:
    """The passages to fold, in order. `hints` are where the HTML says that an earlier mail begins."""
    lines = _lines(text)
    is_forward = bool(_FORWARDING_SUBJECT.match(subject))
    spans, stop = _histories(text, lines, is_forward=is_forward, hints={hint.start for hint in hints})
    spans = sorted([*spans, *_signatures(lines, spans, stop)], key=lambda fold: fold.start)
    if _is_readable(text, spans):
        return tuple(spans)
    only_signatures = [fold for fold in spans if fold.kind == FoldKind.SIGNATURE]
    return tuple(only_signatures) if _is_readable(text, only_signatures) else ()


def shown(text: str, spans: tuple[Fold, ...]) -> str:
    """What is left to see when everything is folded."""
    return "".join(_gaps(text, list(spans)))


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    at = 0
    while at < len(text) and len(lines) < MOST_LINES:
        end = text.find("\n", at) + 1 or len(text)
        lines.append(_Line(at, end, text[at : min(end, at + LONGEST_LINE)].rstrip("\n")))
        at = end
    return lines


def _histories(text: str, lines: list[_Line], *, is_forward: bool, hints: set[int]) -> tuple[list[Fold], int]:
    """Folds of earlier mails, and where scanning stopped: a forwarded mail is the request, with all that follows."""
    spans: list[Fold] = []
    has_above = False  # has anything readable been seen, that stays unfolded?
    n = 0
    while n < len(lines):
        line = lines[n]
        if _FORWARDED.match(line.said):
            return spans, line.start
        if has_above and (kind := _begins_history(lines, n, is_forward=is_forward, hints=hints)):
            begin = _with_rule_above(lines, n) if kind == FoldKind.HISTORY else n
            return [*spans, Fold(lines[begin].start, len(text), kind)], len(text)
        after = _quoted_until(lines, n)
        if after > n:
            spans.append(Fold(line.start, lines[after - 1].end, FoldKind.QUOTE))
            n = after
            continue
        has_above = has_above or bool(_READABLE.search(line.said) and not _DEVICE.match(line.said.strip()))
        n += 1
    return spans, len(text)


def _begins_history(lines: list[_Line], n: int, *, is_forward: bool, hints: set[int]) -> FoldKind | None:
    """Does everything from here belong to an earlier mail?"""
    if _ORIGINAL.match(lines[n].said) and not lines[n].is_blank:
        return FoldKind.HISTORY
    if not is_forward and (lines[n].start in hints or _is_header_block(lines, n)):
        return FoldKind.HISTORY
    height = _attribution(lines, n)
    if height and _ADDRESSED.search(_joined(lines[n : n + height])) and not _next_is_quoted(lines, n + height):
        return FoldKind.QUOTE
    return None


def _quoted_until(lines: list[_Line], n: int) -> int:
    """The line after a quotation that begins here, with its “Le … a écrit :”; n when none begins."""
    begin = n
    if not lines[n].is_quoted:
        n += _attribution(lines, n)
        if n == begin or not _next_is_quoted(lines, n):
            return begin
    last = begin
    while n < len(lines) and (lines[n].is_quoted or lines[n].is_blank):
        if lines[n].is_quoted:
            if _FORWARDED.match(lines[n].said):
                return max(begin, last)
            last = n + 1
        n += 1
    return last


def _attribution(lines: list[_Line], n: int) -> int:
    """How many lines “Le … a écrit :” takes from here; 0 when it is none."""
    if not _OPENING.match(lines[n].said.strip()):
        return 0
    for height in (1, 2, 3):
        these = lines[n : n + height]
        if len(these) < height or these[-1].is_blank or these[-1].is_quoted:
            return 0
        said = _joined(these)
        if len(said) < LONGEST_LINE and _CLOSING.search(said):
            return height if any(char.isdigit() for char in said) and not _TOLD.search(said) else 0
    return 0


def _is_header_block(lines: list[_Line], n: int) -> bool:
    """“De : … Envoyé : … À : … Objet : …” in any order after the first."""
    if "from" not in lines[n].fields:
        return False
    seen: set[str] = set()
    for line in lines[n + 1 : n + HEADER_LINES]:
        if line.is_blank and len(seen) != 0 and "subject" in seen:
            break
        seen |= line.fields
    has_address = "@" in lines[n].said or "<" in lines[n].said
    return ("subject" in seen and len(seen) > 1) or (has_address and {"date", "to"} <= seen)


def _with_rule_above(lines: list[_Line], n: int) -> int:
    """The line of dashes over an earlier mail belongs to it."""
    above = n - 1
    while above >= 0 and lines[above].is_blank:
        above -= 1
    return above if above >= 0 and _RULE.match(lines[above].said) and not lines[above].is_blank else n


def _next_is_quoted(lines: list[_Line], n: int) -> bool:
    while n < len(lines) and lines[n].is_blank:
        n += 1
    return n < len(lines) and lines[n].is_quoted


def _signatures(lines: list[_Line], spans: list[Fold], stop: int) -> list[Fold]:
    """Signatures in what is not folded yet; each goes on to the next fold."""
    found: list[Fold] = []
    starts = [fold.start for fold in spans]
    taken = 0
    for n, line in enumerate(lines):
        if line.start >= stop:
            break
        following = bisect_right(starts, line.start)
        if line.start < taken or (following and line.start < spans[following - 1].end):
            continue
        until = _signature_end(lines, n, min(starts[following], stop) if following < len(starts) else stop)
        if until:
            found.append(Fold(line.start, until, FoldKind.SIGNATURE))
            taken = until
    return found


def _signature_end(lines: list[_Line], n: int, end: int) -> int:
    """Where the signature that begins here ends; 0 when none begins."""
    said = lines[n].said
    if len(said) <= 200 and _DEVICE.match(said.strip()):
        return lines[n].end
    if said.rstrip("\t ") != "--":
        return 0
    height = sum(1 for line in lines[n + 1 : n + LONGEST_SIGNATURE + 2] if line.start < end and not line.is_blank)
    longest = LONGEST_SIGNATURE if said == "-- " else LONGEST_LOOSE_SIGNATURE
    return end if 0 < height <= longest else 0


def _joined(lines: list[_Line]) -> str:
    return " ".join(line.said.strip() for line in lines)


def _is_readable(text: str, spans: list[Fold]) -> bool:
    return not spans or any(_READABLE.search(gap) for gap in _gaps(text, spans))


def _gaps(text: str, spans: list[Fold]) -> list[str]:
    gaps, at = [], 0
    for fold in spans:
        gaps.append(text[at : fold.start])
        at = max(at, fold.end)
    return [*gaps, text[at:]]
