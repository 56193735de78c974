"""Warns when a free text seems to name a person who is helped. Soft: it never blocks, it never deletes.

People who are helped are counted, never named. Pure text in, findings out; nothing found is not a proof.
Names are looked for where French puts them (after « pour », « M. », « la famille »), with the commonest first names;
a street or a school called after somebody is left alone. Numbers with a key are checked by their key.
"""

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from stdnum import iban
from stdnum.fr import nir

NAME, BIRTH, NIR, PHONE, MAIL, IBAN, HEALTH = "name", "birth_date", "nir", "phone", "email", "iban", "health"
ADVICE = {
    NAME: "On dirait le nom d’une personne. Écrivez plutôt « une lycéenne », « une famille ».",
    BIRTH: "On dirait une date de naissance. Une tranche d’âge suffit.",
    NIR: "On dirait un numéro de sécurité sociale. Retirez-le : le guichet n’en a pas besoin.",
    PHONE: "On dirait un numéro de téléphone. Sa place est sur la fiche de l’interlocuteur.",
    MAIL: "On dirait une adresse de courriel. Sa place est sur la fiche de l’interlocuteur.",
    IBAN: "On dirait un numéro de compte. Retirez-le : le guichet n’en a pas besoin.",
    HEALTH: "On dirait une information de santé. Dites ce qu’il faut, pas pourquoi.",
}

_WORDS = tomllib.loads((Path(__file__).parent / "privacy.toml").read_text(encoding="utf-8"))
_UP = "A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ"
_LOW = "a-zàâäçéèêëîïôöùûüœæ’'"
_CAP = rf"[{_UP}][{_LOW}]+(?:-[{_UP}][{_LOW}]+)*|[{_UP}]{{2,}}(?:-[{_UP}]+)*"
_WORD = rf"[{_UP}{_LOW}]+(?:-[{_UP}{_LOW}]+)*"
_INITIAL = rf"[{_UP}]\."
_FULL = rf"(?:{_CAP})(?:\s+(?:(?:[Vv]an|[Ee]l|[Bb]en|[Dd]e)\s+)?(?:{_CAP}|{_INITIAL}))*"
_CIVILITY = r"(?:MM?\.|[Mm]r\.?|[Mm]me\.?|[Mm]lle\.?|[Mm]elle|[Mm]onsieur|[Mm]adame|[Mm]ademoiselle)"
_KIN = r"(?:fils|fille|frère|soeur|sœur|mari|femme|mère|père|maman|papa|tante|oncle|conjointe?)"
_WHO = (
    rf"(?:[Ff]amille|[Ll]e\ jeune|[Ll]a\ jeune|[Ll]e\ petit|[Ll]a\ petite|[Éé]lève|[Éé]tudiante?|[Dd]ossier(?:\ de)?"
    rf"|(?:[Ss]on|[Ss]a|[Mm]on|[Mm]a)\ {_KIN}|{_KIN}\ de|[Pp]rénommée?|[Nn]ommée?|[Ss][’']appelle|[Bb]énéficiaire"
    r"|[Jj]eune\ majeure?|[Aa]nniversaire\ de|[Ss]uivie?\ de)"
)
_MONTH = r"(?:janv|févr|fevr|mars|avril|mai|juin|juil|août|aout|sept|oct|nov|déc|dec)[a-zéû]*\.?"
_DATE = (
    rf"(?:\d{{1,2}}\s*[/.\-]\s*\d{{1,2}}\s*[/.\-]\s*(?:19|20)?\d{{2}}|(?:\d{{1,2}}(?:er)?\s+)?{_MONTH}\s+\d{{4}}"
    r"|\d{4})"
)
_HEALTH = (
    r"cancer\w*|handicap\w*|dépressi\w+|diab[éeè]t\w+|maladies?|malades?|autis\w+|schizophr\w+|bipolaires?"
    r"|antidépress\w+|opérée?\ d[eu]\w*|en\ fauteuil(?:\ roulant)?|troubles?\ (?:psych\w+|mentaux|dys)"
    r"|aveugle|mal-?voyante?|mal-?entendante?|anorexi\w+|boulimi\w+|burn-?out|avc|infarctus|sclérose|parkinson"
    r"|alzheimer|trisomi\w+|insulin\w+|arrêt\ maladie|invalidité|en\ cure|sous\ traitement"
    r"|séroposit\w+|vih|sida|enceintes?|grossesses?|hospitalisé\w*|toxicoman\w+|alcooli\w+|addict\w*|rqth|aah"
    r"|dys(?:lexi|praxi|phasi|calculi)\w+|tdah|psychiatr\w+|suicid\w+|épilep\w+|asthm\w+|chimio\w*|dialys\w+"
)

_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (MAIL, re.compile(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+")),
    (IBAN, re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b", re.IGNORECASE)),
    (
        NIR,
        re.compile(r"(?<!\d)[12](?:S?\d{2}){2}S?(?:\d{2}|2[AB])(?:S?\d{3}){2}S?\d{2}(?!\d)".replace("S", r"[\s.\-]")),
    ),
    (PHONE, re.compile(r"(?<![\d+])(?:\+\s?33\s?(?:\(0\)\s?)?|0033\s?|0)[1-9](?:[\s.\-/]?\d{2}){4}(?!\d)")),
    (
        BIRTH,
        re.compile(
            rf"\b(?:né\(e\)|né\.e|née?s?|naissance|ddn|d\.d\.n\.)(?!\w)[\s:,(]*(?:à\s+\S+\s+)?(?:le|en|du)?\s*({_DATE})",
            re.IGNORECASE,
        ),
    ),
    (HEALTH, re.compile(rf"\b(?:{_HEALTH})\b", re.IGNORECASE)),
    (NAME, re.compile(rf"(?<!\w){_CIVILITY}\s+({_FULL})")),
    (NAME, re.compile(rf"(?<![\w’'])M\s+([{_UP}]{{3,}}(?:[ -]{_CAP})*)")),
    (NAME, re.compile(rf"(?<!\w)(?:[Ll][’'])?{_WHO}\s+(?::\s+)?({_FULL})")),
    (NAME, re.compile(rf"(?<!\w)(?:[Ll]e|[Ll]a)\ (?:jeune|petite?)\s+\S{{1,12}}\s+({_FULL})")),
)
_PAIR = re.compile(rf"(?<![\w-])({_CAP})\s+((?:{_CAP}|{_INITIAL})(?:\s+(?:{_CAP}))?)")
_REVERSED = re.compile(rf"(?<![\w-])([{_UP}-]{{4,}})\s+({_CAP})(?![\w-])")
_AGED = re.compile(rf"(?<![\w-])({_CAP})(?=,?\s+\d{{1,2}}\s+ans\b|\s+\(\s*{_DATE})")
_BORN = re.compile(rf"(?<![\w-])({_CAP})\s+\(\s*({_DATE})\s*\)")
_FOR = re.compile(
    r"\b(?:[Pp]our|[Aa]vec|[Cc]oncerne|[Cc]oncernant|[Aa]ppelée?|[Aa]ccompagner|[Aa]ider|[Ll]oger|[Hh]éberger|[Ss]uivre"
    rf"|[Éé]quiper)\s+({_WORD})(?![\w-])"
)
_MOBILE = re.compile(r"(?:\+\s?33\s?(?:\(0\)\s?)?|0033\s?|0)[67]")


def _has_iban_key(said: str) -> bool:
    return bool(iban.is_valid(said, check_country=False))


_KEYS: dict[str, Callable[[str], bool]] = {NIR: nir.is_valid, IBAN: _has_iban_key}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something that should perhaps not be written: where it stands, what it looks like, what to write instead."""

    start: int
    end: int
    kind: str
    excerpt: str  # masked: a warning does not repeat what it warns of

    @property
    def advice(self) -> str:
        return ADVICE[self.kind]


def found_in(text: str, *, known: Iterable[str] = ()) -> list[Finding]:
    """What in a free text seems to be about one person who is helped, in the order it is written.

    `known` are names that may stand there: those of the interlocutor and of the organisation.
    """
    fine = {word for name in known for word in _folded(name).split()}
    spans = [*_shaped(text), *_named(text)]
    kept: list[Finding] = []
    for kind, start, end in spans:
        words = _folded(text[start:end]).split()
        if kind == NAME and words and all(word in fine for word in words):
            continue
        if all(end <= other.start or start >= other.end for other in kept):
            kept.append(Finding(start, end, kind, masked(text[start:end])))
    return sorted(kept)


def masked(text: str) -> str:
    """The first letter of each word, the last two digits of a number, and dots."""
    if re.search(r"\d{2}", text):
        digits = re.sub(r"\D", "", text)
        return f"•••{digits[-2:]}"
    return " ".join(f"{word[0]}•••" for word in text.split())


def _shaped(text: str) -> Iterable[tuple[str, int, int]]:
    """What has the shape of its kind: an address, a number with its key, a name after « Mme »."""
    for kind, shape in _SHAPES:
        for match in shape.finditer(text):
            start, end = match.span(1) if shape.groups else match.span()
            if kind in _KEYS and not _KEYS[kind](re.sub(r"[\s.\-]", "", match.group())):
                continue
            if not _is_public(kind, text, match.start(), start, end):
                yield kind, start, end


def _is_public(kind: str, text: str, begin: int, start: int, end: int) -> bool:
    """Whether this belongs to a body, a street or a cause, and not to a person who is helped."""
    before = _words_before(text, begin)
    if kind == NAME:
        return _is_place(text, start)
    if kind == PHONE:
        return not _MOBILE.match(text[start:end]) and not _SWITCHBOARDS.isdisjoint(before)
    if kind == MAIL:
        local = re.split(r"@|\s?[(\[]at", text[start:end])[0].lower()
        return not _OFFICES.isdisjoint(re.split(r"[.\-_+]", local)) or bool(re.fullmatch(r"ce\.\d{7}\w", local))
    if kind == HEALTH:
        return not _CAUSES.isdisjoint(before) or not _GROUPS.isdisjoint(before[-1:])
    return kind == BIRTH and not _BORN_THINGS.isdisjoint(before[-1:])


# A shape, which group holds a first name, which group is the finding, of what kind.
_NAMED: tuple[tuple[re.Pattern[str], int, int, str], ...] = (
    (_BORN, 1, 2, BIRTH),
    (_PAIR, 1, 0, NAME),
    (_REVERSED, 2, 0, NAME),
    (_AGED, 1, 1, NAME),
)


def _named(text: str) -> Iterable[tuple[str, int, int]]:
    """A known first name before another capital or after one, with an age, or alone after « pour »."""
    for shape, first_name, found, kind in _NAMED:
        for match in shape.finditer(text):
            if _is_first_name(match.group(first_name)) and not _is_place(text, match.start()):
                yield kind, *match.span(found)
    for match in _FOR.finditer(text):
        word = match.group(1)
        if _is_first_name(word) and (word[0].isupper() or _folded(word) not in _AMBIGUOUS):
            yield NAME, *match.span(1)


def _is_first_name(word: str) -> bool:
    return any(_folded(part) in _FIRST_NAMES for part in word.split("-"))


def _is_place(text: str, start: int) -> bool:
    """Is what begins at `start` the name of a street, a school, a body: « lycée Marie Curie »?"""
    return not _PLACES.isdisjoint(_words_before(text, start))


def _words_before(text: str, start: int) -> list[str]:
    """The three words before this place, folded."""
    return [_folded(word) for word in re.findall(rf"[{_UP}{_LOW[:-2]}]+", text[max(0, start - 40) : start])[-3:]]


_ACCENTS = str.maketrans("àâäçéèêëîïôöùûü", "aaaceeeeiioouuu")


def _folded(text: str) -> str:
    return text.lower().translate(_ACCENTS)


def _said(table: str) -> frozenset[str]:
    return frozenset(map(_folded, _WORDS[table]))


_FIRST_NAMES, _AMBIGUOUS, _PLACES = _said("first_names"), _said("ambiguous"), _said("places")
_CAUSES, _SWITCHBOARDS = _said("causes"), _said("switchboards")
_GROUPS = _said("groups")
_OFFICES, _BORN_THINGS = _said("offices"), _said("born_things")
