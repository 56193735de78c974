"""What callers say around the thing itself: who asks, gift or loan, how often, for whom, how urgent."""

from dataclasses import dataclass

from callcare.catalogue.rules import as_heard
from callcare.desk.rules.capture.numbers import quantity_at
from callcare.desk.rules.capture.tokens import CONNECTORS, Line, phrases, said_in

NEED, COMMITMENT = "need", "commitment"
GIFT, LOAN, EITHER = "gift", "loan", "either"

_SIDES = phrases(said_in("sides"))
# Pronouns and small verbs that go with the verb after them: « je peux », « on aurait », « vous ».
_BEFORE = frozenset(as_heard(
    "je j nous on il elle ils elles vous tu me se leur ont avons ai aurait aurais aurions auraient peux peut pouvons "
    "peuvent pouvez pourrais pourrait pourrions pourraient veux veut voulons veulent voudrais voudrait voudrions "
    "voudraient aimerais aimerait aimerions aimeraient souhaite souhaitons souhaitent souhaiterais souhaiterait "
    "souhaiterions désire désirons"
).split())  # fmt: skip
_NO_SIDE = phrases(said_in("no_side"))
_SHOWN = {NEED: "besoin", COMMITMENT: "engagement"}
_MODES = phrases(said_in("modes"))
_EVERY = phrases(said_in("rhythms"))
_EVERY_SHOWN = {
    "week": "par semaine", "month": "par mois", "quarter": "par trimestre", "year": "par an",
}  # fmt: skip
_JOINTS = frozenset("'’")
_DAYS = frozenset(["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"])
_URGENT = phrases(said_in("urgency"))

SCHOOL, UNIVERSITY, EMPLOYMENT = "school", "university", "employment"
_PEOPLE = phrases(said_in("people"))
_PLACES_OF = phrases(said_in("places_of"))
_AUDIENCE_SHOWN = {SCHOOL: "école", UNIVERSITY: "université", EMPLOYMENT: "emploi"}
_FOR = CONNECTORS | frozenset({"destine", "auprè", "aupre", "ce", "cet", "leur", "jeune"})


@dataclass(frozen=True, slots=True)
class People:
    """How many people are to be helped, and where they are losing touch."""

    count: int | None = None
    audience: str | None = None


def read_urgency(line: Line) -> bool:
    """« ! » after a space or at the end, « urgent », « au plus vite »."""
    found = False
    for i in range(len(line)):
        if line.open(i) and line.tokens[i].raw == "!":
            found = bool(line.take("urgent", "urgent", i, i + 1)) or found
            continue
        end, _ = line.first_of(i, _URGENT)
        if end and not (line.heard(i - 1) in _JOINTS and line.heard(i - 2) == "d"):  # « hébergement d’urgence »
            found = bool(line.take("urgent", "urgent", i, end)) or found
    return found


def read_mode(line: Line) -> str | None:
    """Gift or loan, from the first word that says it. The words stay: they also name the thing or the side."""
    for i in range(len(line)):
        if _is_town_or_adjective(line, i):
            continue
        end, mode = line.first_of(i, _MODES)
        if end:
            shown = {GIFT: "don", LOAN: "prêt", EITHER: "don ou prêt"}[mode]
            line.take("mode", shown, i, end, stays=True)
            return mode
    return None


def _is_town_or_adjective(line: Line, i: int) -> bool:
    """« à Don » is a town; « prêt à aider » is no loan, « offre d’emploi » no gift, « pas à donner » neither."""
    town = i > 0 and line.heard(i) == "don" and line.tokens[i].raw == "Don"
    denied = line.heard(i - 1) == "pas" or (line.heard(i - 1) == "a" and line.heard(i - 2) == "pas")
    cedex = line.open(i) and line.tokens[i].raw.casefold() == "cedex"
    return town or denied or cedex or line.heard(i - 1) == "@" or bool(line.first_of(i, _NO_SIDE)[0])


def read_side(line: Line) -> str | None:
    """Need or commitment, from the first phrase that says so; a noun (« don de ») only where no verb does.

    A verb leaves the title; a noun stays, because it also names the thing.
    """
    nouns = 0
    for i in range(len(line)):
        if _is_town_or_adjective(line, i):
            continue
        end, side = line.first_of(i, _SIDES)
        if not end or line.heard(end) == "pas" or (i and line.heard(i) == "engagement"):
            continue
        if side == "noun" or _is_participle(line, i, end):
            nouns = nouns or (0 if line.heard(i - 1) == "en" else i + 1)  # « en prêt » says how, not who
            continue
        end, side = _what_they_want(line, end, side)
        line.take("side", _SHOWN[side], line.back(i, _BEFORE), _over(line, end))
        return side
    if not nouns:
        return None
    i = nouns - 1
    line.take("side", _SHOWN[COMMITMENT], i, line.first_of(i, _SIDES)[0], stays=True)
    return COMMITMENT


def _is_participle(line: Line, i: int, end: int) -> bool:
    """« 8 jours donnés par … » names the thing; a verb of the line says more."""
    return end == i + 1 and line.tokens[i].raw.casefold().rstrip("s").removesuffix("e").endswith("é")


def _what_they_want(line: Line, end: int, side: str) -> tuple[int, str]:
    """« elle voudrait donner », « cherche à prêter »: the last verb says it."""
    for _ in range(3):
        further, other = line.first_of(end, _SIDES)
        if not further or other == "noun":
            break
        end, side = further, other
    return end, side


def _over(line: Line, end: int) -> int:
    """A verb takes its apostrophe with it: « besoin d’ »."""
    return end + 1 if line.joined(end) and line.tokens[end].glued else end


def read_rhythm(line: Line) -> str | None:
    """« par mois », « chaque semaine », « tous les mercredis » (the day itself stays in the title)."""
    for i in range(len(line)):
        end, every = line.first_of(i, _EVERY)
        if end:
            names_a_day = line.heard(end - 1) in _DAYS
            line.take("every", _EVERY_SHOWN[every], i, end, stays=names_a_day)
            return every
    return None


def read_people(line: Line) -> People:
    """« pour 30 jeunes », « pour lycéens », « 5 étudiants »: how many and where. « jeunes » alone says nothing."""
    count: int | None = None
    audience: str | None = None
    for i in range(len(line)):
        if audience and count:
            break
        said = _counted(line, i) if count is None else None
        if said:
            number, end, group = said
            count, audience = number, audience or group or None
            if line.heard(end - 1) == "per" and line.open(end) and line.tokens[end].raw == ".":
                end += 1  # « 60 pers. »
            line.take("people", f"{number} personnes" if number > 1 else "1 personne", line.back(i, _FOR), end)
            if group:
                line.take("audience", _AUDIENCE_SHOWN[group], end - 1, end)
            continue
        end, group = line.first_of(i, _PEOPLE)
        if end and group and not audience:
            audience = group
            line.take("audience", _AUDIENCE_SHOWN[group], line.back(i, _FOR), end)
    return People(count, audience or _from_places(line))


def _counted(line: Line, i: int) -> tuple[int, int, str] | None:
    number = quantity_at(line, i)
    if number is None or number.value != int(number.value) or not 0 < number.value < 1_000_000:
        return None
    at = line.says(number.end, "de") or line.says(number.end, "d") or number.end
    end, group = line.first_of(line.after(at), _PEOPLE)
    if not end and line.heard(at) == "jeune":
        end, group = line.first_of(at + 1, _PEOPLE)
    if not end or (number.is_word and number.value == 1):
        return None
    return int(number.value), end, group


def _from_places(line: Line) -> str | None:
    """« le lycée », « l’université » : where the people are; the words stay, they say who speaks."""
    for i in range(len(line)):
        end, group = line.first_of(i, _PLACES_OF)
        if end and (
            group != EMPLOYMENT or line.heard(i) != "salarie" or line.heard(i - 1) in {"pour", "de", "a", "aux"}
        ):
            line.take("audience", _AUDIENCE_SHOWN[group], i, end, stays=True)
            return group
    return None
