"""How much of what a need says in its own words a commitment says too. It moves candidates up; it excludes nobody.

French words as they are heard: no accent, no plural, one stem for a verb, its trade and its deed (« déménager »,
« déménageur », « déménagement »), usual short forms spelled out, one slip in a long word forgiven.
"""

import re
from collections.abc import Collection
from functools import lru_cache

from callcare.catalogue.rules import as_heard
from callcare.territories.rules import typos

FULL = 100  # every word of the need is said
BEGUN = 70  # of a word that only begins alike: « hand », « handball »
LONG = 7  # letters: one slip in so long a word is forgiven
_WORD = re.compile(r"[^\W\d_]+|\d+")
# The longest first; what is left keeps four letters at least.
_ENDINGS = (
    "abilite", "issement", "atrice", "ation", "ition", "ateur", "erie", "iere", "ement", "euse", "trice",
    "teur", "able", "ible", "ique", "ienne", "enne", "onne", "elle", "ette", "ment", "ance", "ence", "eur", "ier",
    "ion", "iste", "isme", "ite", "er", "ee", "ant", "ent", "ien", "if", "ive", "al", "el", "en", "on", "et", "e",
)  # fmt: skip
_SHORT = {
    "math": "mathematique", "prof": "professeur", "info": "informatique", "ordi": "ordinateur", "pc": "ordinateur",
    "frigo": "refrigerateur", "asso": "association", "appart": "appartement", "fac": "faculte", "velo": "bicyclette",
    "resto": "restaurant", "dico": "dictionnaire", "ado": "adolescent", "psy": "psychologue", "instit": "instituteur",
    "compta": "comptabilite", "pub": "publicite", "sono": "sonorisation", "gym": "gymnastique", "hand": "handball",
    "foot": "football", "basket": "basketball", "volley": "volleyball", "ping": "tennis", "3e": "troisieme",
    "3eme": "troisieme", "apres": "apre", "laptop": "portable", "moniteur": "ecran", "nuitee": "nuit",
}  # fmt: skip
# What every need and every offer says: it tells none from another.
_EMPTY = frozenset(
    as_heard(
        "le la les l un une des de du d au aux à a et ou en dans sur sous par pour avec sans chez vers ce cet "
        "cette ces son sa ses leur leurs notre nos votre vos mon ma mes qui que quoi dont où est sont être "
        "avoir il elle ils elles nous vous on je tu se s y n ne pas plus moins très bien aussi afin entre si "
        "c qu j m t lot besoin cherche recherche don prêt aide place places personne personnes jeune jeunes "
        "groupe association structure public publics bon bonne état merci svp possible disponible dispo "
        "gratuit gratuite petit petite grand grande"
    ).split()
)


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """« Électriciennes » → « electric », « électricien » → « electric »."""
    heard = as_heard(word)
    heard = _SHORT.get(heard, heard)
    for ending in _ENDINGS:
        if heard.endswith(ending) and len(heard) - len(ending) >= 4:
            return heard.removesuffix(ending)
    return heard


@lru_cache(maxsize=2048)
def stems(text: str) -> tuple[str, ...]:
    """The stems of the words that say something, each once, in their order; figures as they are."""
    words = (word for word in _WORD.findall(text.casefold()) if as_heard(word) not in _EMPTY)
    return tuple(dict.fromkeys(stem(word) for word in words if len(word) > 1 or word.isdigit()))


def agreement(wanted: str, offered: str) -> int:
    """Of what the need says, how much the commitment says, from 0 to 100. 0 where either says nothing."""
    mine, theirs = stems(wanted), stems(offered)
    if not mine or not theirs:
        return 0
    return sum(_said(one, theirs) for one in mine) // len(mine)


def shared(wanted: str, offered: str) -> tuple[str, ...]:
    """The words of the commitment that the need says too, as they are written: « boxe », « sacs »."""
    mine = stems(wanted)
    words = dict.fromkeys(word for word in _WORD.findall(offered) if as_heard(word) not in _EMPTY)
    return tuple(word for word in words if (len(word) > 1 or word.isdigit()) and _said(stem(word), mine) == FULL)


def _said(one: str, others: Collection[str]) -> int:
    if one in others:
        return FULL
    if one.isdigit():
        return 0
    return max((_alike(one, other) for other in others), default=0)


def _alike(one: str, other: str) -> int:
    short, long = sorted((one, other), key=len)
    if len(short) >= 4 and long.startswith(short) and not long.isdigit():
        return BEGUN
    if len(short) >= LONG - 1 and len(long) - len(short) < 2 and typos(one, other, most=1) < 2:
        return BEGUN
    return 0
