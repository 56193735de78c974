"""Names of organisations and persons, compared in spite of accents, hyphens, legal forms, word order and typos."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})
_SMALL = frozenset({
    "a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "pour", "sur", "un", "une",
})  # fmt: skip
_LEGAL_FORMS = frozenset({
    "sa", "sas", "sasu", "sarl", "eurl", "sci", "scop", "scic", "sca", "snc", "selarl", "gie", "ei", "eirl", "asso",
    "association", "assoc", "fondation", "ste", "societe", "entreprise", "ets", "etablissements", "groupe", "cie",
})  # fmt: skip


def folded(text: str) -> str:
    """Lower case, no accent, every sign a space: « L’Étape–Sœurs » → « l etape soeurs ».

    The database does the same when a name is kept (function `directory_folded`); a test holds the two together.
    """
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LIGATURES))
    return re.sub(r"[^a-z0-9]+", " ", "".join(c for c in plain if not unicodedata.combining(c))).strip()


def words(text: str) -> list[str]:
    """The words worth searching, in order, each once: without small words and legal forms, unless nothing is left."""
    every = list(dict.fromkeys(folded(text).split()))
    full = [word for word in every if word not in _SMALL]
    return [word for word in full if word not in _LEGAL_FORMS] or full or every


def same(one: str, other: str) -> bool:
    """Do two names differ only by accents, signs, legal form, small words or word order?"""
    return bool(words(one)) and sorted(words(one)) == sorted(words(other))


def likeness(one: str, other: str) -> float:
    """How near two names are, 0 to 1: share of common letter triples (Dice) of their words, in any order."""
    first, second = _triples(one), _triples(other)
    if not first or not second:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))


def _triples(text: str) -> set[str]:
    padded = [f"  {word} " for word in words(text)]
    return {word[i : i + 3] for word in padded for i in range(len(word) - 2)}


def spellings(word: str) -> set[str]:
    """The keys under which a word typed with one slip is looked up among the beginnings of known words.

    The table keeps each beginning of 4 to 8 letters under itself and under each of its forms with one letter
    left out; a slip (a letter missing, added, changed, or two swapped) then meets it under a common key.
    """
    head = word[:8]
    if len(head) < 4:
        return set()
    left_out = {head[:i] + head[i + 1 :] for i in range(len(head))}
    return {head, word[:7]} | left_out
