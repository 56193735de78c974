"""What holds between the words of the catalogue. Pure: no Django, no database."""

import unicodedata
from collections.abc import Mapping

# What may be counted in each kind. People who give time are counted by the hour, or as places (two mentors, four
# internships); a room is one piece, so many seats, or so many hours of it.
MEASURES: Mapping[str, frozenset[str]] = {
    "goods": frozenset({"piece", "place"}),
    "time": frozenset({"minute", "place"}),
    "skill": frozenset({"minute", "place"}),
    "venue": frozenset({"piece", "place", "minute"}),
    "transport": frozenset({"piece", "place", "minute"}),
    "money": frozenset({"cent"}),
}


def fits(kind: str, measure: str) -> bool:
    """Whether things of this kind may be counted in this measure."""
    return measure in MEASURES[kind]


def as_heard(word: str) -> str:
    """A synonym as it is compared: no capitals, no accents, no plural, words parted by one space."""
    plain = unicodedata.normalize("NFKD", word.casefold().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter))
    return " ".join(singular(part) for part in letters.split())


def singular(word: str) -> str:
    """« ordinateurs » → « ordinateur », « bureaux » → « bureau ». Only endings: enough to hear one word as another."""
    if len(word) > 3 and word[-1] in "sx" and not word.endswith("ss"):
        return word[:-1]
    return word
