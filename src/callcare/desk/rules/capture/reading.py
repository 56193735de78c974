"""One line of French, read while the caller speaks. The grammar is told in docs/capture.md.

The order matters: each step takes the words it understood, and the next ones see only what is left. What nobody
understood is the title: no word is ever lost.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from callcare.catalogue.rules import as_heard
from callcare.core.french import counted, number
from callcare.desk.rules.capture.dates import read_dates
from callcare.desk.rules.capture.numbers import Number
from callcare.desk.rules.capture.places import Places, read_place
from callcare.desk.rules.capture.said import (
    EITHER,
    People,
    read_mode,
    read_people,
    read_rhythm,
    read_side,
    read_urgency,
)
from callcare.desk.rules.capture.things import (
    DAY,
    EURO,
    HALF_DAY,
    HOUR,
    PIECE,
    PLACE,
    Amount,
    Seen,
    choose,
    count_after,
    count_before,
    count_of_givers,
    first_duration,
    read_amount,
    see_things,
    unit_for,
)
from callcare.desk.rules.capture.tokens import CONNECTORS, Chip, Line
from callcare.desk.rules.capture.vocabulary import Vocabulary, Word

DONATION = "donation"  # the category of an amount given for nothing in particular
# An amount for one of these is another thing than it: « 1 300 € pour une formation » pays a training.
PAID_AS = {
    "training_skill": "training_aid", "housing": "housing_aid", "summer_activity": "leisure_aid",
    "goods": "purchase_aid", "vehicle": "vehicle_purchase_aid",
}  # fmt: skip
_PUNCTUATION = frozenset(",;:.()[]-–—‐‑…'’/·•!?|\\_*+=«»“”")
_QUOTES = {'"': '"', "«": "»", "“": "”"}
_COUNTED_BY = frozenset({"paire", "x", "×", "unite", "exemplaire", "place"})
_UNITS = {HOUR: "heure", HALF_DAY: "demi-journée", DAY: "jour", PLACE: "place"}


@dataclass(frozen=True, slots=True)
class Captured:
    """What a line says; None where it does not say. Codes are those of the catalogue and of INSEE.

    `quantity` is in `unit`s; money is in cents, and has no quantity. `from_on` and `until_on` are both included.
    `mode` may also be `either`. `missing` names what to ask next; `notes` are sentences for the operator.
    """

    side: str | None = None
    kind: str | None = None
    category: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    amount_cents: int | None = None
    commune: str | None = None
    from_on: date | None = None
    until_on: date | None = None
    every: str | None = None
    audience: str | None = None
    mode: str | None = None
    title: str = ""
    people: int | None = None
    urgent: bool = False
    chips: tuple[Chip, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    others: tuple[str, ...] = ()  # what else the line may be about: categories, likeliest first

    def as_json(self) -> dict[str, Any]:
        """The thirteen public keys, in their order, in types JSON knows."""
        quantity = self.quantity
        return {
            "side": self.side,
            "kind": self.kind,
            "category": self.category,
            "quantity": quantity
            if quantity is None
            else int(quantity)
            if quantity == int(quantity)
            else float(quantity),
            "unit": self.unit,
            "amount_cents": self.amount_cents,
            "commune": self.commune,
            "from": self.from_on and self.from_on.isoformat(),
            "until": self.until_on and self.until_on.isoformat(),
            "every": self.every,
            "audience": self.audience,
            "mode": None if self.mode == EITHER else self.mode,
            "title": self.title,
        }


def read(line: str, *, today: date, words: Vocabulary, places: Places, near: Collection[str] = ()) -> Captured:
    """Read a line said on `today`. `near`: codes of the départements of the desk, preferred among homonyms.

    Never raises, whatever the text; the time is proportional to its length.
    """
    at = Line(line)
    _lock(at)
    urgent = read_urgency(at)
    mode = read_mode(at)
    side = read_side(at)
    amount = read_amount(at)
    every = read_rhythm(at)
    from_on, until_on = read_dates(at, today)
    people = read_people(at)
    things = see_things(at, words)
    place = read_place(at, places, things=[(seen.start, seen.end) for seen in things], near=near)
    thing = choose([seen for seen in things if all(at.free[seen.start : seen.end])], after=_verb(at))
    thing = _of_people(thing, people, words)
    what = _what(at, thing, amount, words, things)
    others = _beside(things, thing)
    _glue(at)
    return _ask(
        replace(
            what,
            side=side,
            amount_cents=amount,
            commune=place.code if place else None,
            from_on=from_on,
            until_on=until_on,
            every=every,
            audience=people.audience,
            mode=mode,
            people=people.count,
            urgent=urgent,
            title=_title(at),
            chips=tuple(sorted(at.chips, key=lambda chip: chip.span)),
            notes=tuple(at.notes + _others(others)),
            others=tuple(word.code for word in others),
        ),
        people,
    )


def _lock(line: Line) -> None:
    """What stands between quotes is nobody's business."""
    start, closing = -1, ""
    for i, token in enumerate(line.tokens):
        if start >= 0 and token.raw == closing:
            line.locked[start : i + 1] = [True] * (i + 1 - start)
            start = -1
        elif start < 0 and token.raw in _QUOTES:
            start, closing = i, _QUOTES[token.raw]
    if line.unread:
        line.notes.append("Le texte est long : seul le début a été lu, la suite est gardée dans le titre.")


def _verb(line: Line) -> int | None:
    """The token after « cherche », « il lui faut »: what follows at once is what is asked or offered."""
    ends = [chip.span[1] for chip in line.chips if chip.kind == "side" and not chip.stays]
    return next((i for i, token in enumerate(line.tokens) if ends and token.start >= ends[0]), None)


def _of_people(thing: Seen | None, people: People, words: Vocabulary) -> Seen | None:
    """« transport de 45 jeunes » is a transport of people, where the catalogue knows one."""
    wider = thing and people.count and words.by_name.get(f"{as_heard(thing.word.label)} de personne")
    return replace(thing, word=wider) if thing and wider else thing


def _what(line: Line, thing: Seen | None, amount: int | None, words: Vocabulary, things: list[Seen]) -> Captured:
    """Category, kind, quantity and unit."""
    if amount is not None:
        return _money(line, thing, words)
    if thing is None:
        duration = first_duration(line)
        if duration:
            _take_amount(line, duration)
        return Captured(quantity=duration.value if duration else None, unit=duration.unit if duration else None)
    word = thing.word
    line.take("category", word.label, thing.start, thing.end, sure=thing.sure, stays=thing.is_hint)
    known = Captured(kind=word.kind, category=word.code, unit=word.unit)
    if word.unit == EURO:
        return known  # an amount is missing; a number of driving licences is no amount
    duration = first_duration(line) if word.kind != "goods" and word.unit != PLACE else None
    if duration:
        _take_amount(line, duration)
        _swallow_one(line, thing)
        return replace(known, quantity=duration.value, unit=duration.unit)
    hands = next((seen for seen in things if seen.word.is_vague and seen.word.kind == word.kind == "time"), None)
    return _counted(line, thing, known, hands if hands and all(line.free[hands.start : hands.end]) else None)


def _money(line: Line, thing: Seen | None, words: Vocabulary) -> Captured:
    """An amount, for something or for nothing in particular. How many shoes it buys stays in the title."""
    if thing is None:
        known = any(word.code == DONATION for word in words.words)
        return Captured(kind="money", category=DONATION if known else None, unit=EURO)
    word = next((one for one in words.words if one.code == PAID_AS.get(thing.word.code)), thing.word)
    line.take("category", word.label, thing.start, thing.end, sure=thing.sure, stays=thing.is_hint)
    return Captured(kind="money", category=word.code, unit=EURO)


def _counted(line: Line, thing: Seen, known: Captured, hands: Seen | None) -> Captured:
    count = count_before(line, thing) or count_after(line, thing)
    unit = unit_for(thing.word, amount=None)
    if count is None and hands:
        return _by_hands(line, hands, known)
    if count is None and thing.word.kind == "time" and (givers := count_of_givers(line, thing)):
        return _by_givers(line, givers, known)
    if count is None:
        return replace(known, unit=thing.word.unit)
    if count.value != int(count.value) and unit in {PIECE, PLACE}:
        line.notes.append("Une quantité de pièces est un nombre entier : ce nombre est resté dans le titre.")
        return known
    if count.value > 1_000_000_000:
        return known
    end = max(thing.start, count.end)
    start = count.start if count.end <= thing.start else thing.end
    if line.heard(start) == "(":
        end += 1  # its other half
    _take_count(line, count, start, end, unit)
    return replace(known, quantity=count.value, unit=unit)


def _by_hands(line: Line, hands: Seen, known: Captured) -> Captured:
    """« 2 bénévoles pour de l’aide aux devoirs »: those who give their time are counted, as places."""
    count = count_before(line, hands)
    if count is None or count.value != int(count.value):
        return known
    line.take("quantity", counted(int(count.value), hands.word.label), count.start, hands.end, sure=count.exact)
    return replace(known, quantity=count.value, unit=PLACE)


def _by_givers(line: Line, count: Number, known: Captured) -> Captured:
    """« 3 professionnels pour parler de leur métier »: counted as places; who they are stays in the title."""
    if count.value != int(count.value):
        return known
    line.take("quantity", counted(int(count.value), "place"), count.start, count.end, sure=count.exact)
    return replace(known, quantity=count.value, unit=PLACE)


def _take_count(line: Line, count: Number, start: int, end: int, unit: str) -> None:
    """The number with the small words that tie it to its thing; an adjective between them stays in the title."""
    about = "" if count.exact else "environ "
    shown = f"{about}{number(int(count.value))}" if unit == PIECE else f"{about}{_in_units(count.value, unit)}"
    inner = [k for k in range(start, end) if line.open(k)]
    small = count.end if count.start == start and end > count.end else end
    while small < end and small in inner and line.heard(small) in {*CONNECTORS, *_COUNTED_BY}:
        small += 1
    line.take("quantity", shown, start, max(small, start + 1), sure=count.exact or count.is_word)


def _take_amount(line: Line, amount: Amount) -> None:
    about = "" if amount.exact else "environ "
    line.take(
        "quantity", f"{about}{_in_units(amount.value, amount.unit)}", amount.start, amount.end, sure=amount.exact
    )


def _in_units(value: Decimal, unit: str) -> str:
    """« 2 demi-journées », « 1,5 heure »."""
    one = _UNITS.get(unit, "pièce")
    if value == int(value):
        return counted(int(value), one)
    shown = f"{value:.2f}".rstrip("0").replace(".", ",")
    return f"{shown} {one if value < 2 else one + 's'}"


def _swallow_one(line: Line, thing: Seen) -> None:
    """« une salle 2 jours »: the article of a thing counted by its time goes with it."""
    if thing.start > 0 and line.heard(thing.start - 1) in {"un", "une"}:
        line.free[thing.start - 1] = False
        _stretch(line, thing.start, thing.start - 1)


def _stretch(line: Line, start: int, to: int) -> None:
    """Let the chip that begins at token `start` begin at token `to`."""
    begins = line.tokens[start].start
    for k, chip in enumerate(line.chips):
        if chip.span[0] == begins and not chip.stays:
            line.chips[k] = replace(chip, span=(line.tokens[to].start, chip.span[1]))


def _glue(line: Line) -> None:
    """Small words left alone between two things understood go with the second: « de », « pour », « à »."""
    start = 0
    for i in range(len(line)):
        if not line.free[i] and not line.locked[i]:
            small = all(
                line.tokens[k].heard in CONNECTORS or line.tokens[k].raw in _PUNCTUATION for k in range(start, i)
            )
            if start < i and small and not any(line.locked[start:i]):
                _stretch(line, i, start)
                line.free[start:i] = [False] * (i - start)
            start = i + 1


def _title(line: Line) -> str:
    """What is left, as it was typed, in its order."""
    runs: list[str] = []
    start = -1
    for i in range(len(line) + 1):
        left = i < len(line) and (line.free[i] or line.locked[i])
        if left and start < 0:
            start = i
        elif not left and start >= 0:
            text = line.text[line.tokens[start].start : line.tokens[i - 1].end]
            if any(letter not in _PUNCTUATION and not letter.isspace() for letter in text):
                text = " ".join(text.split()).lstrip("-–—/ ")
                runs.append(text if not runs or text[0] in ",;.)" else f" {text}")
            start = -1
    return f"{''.join(runs)} {line.unread}".strip(" ,;:-–—")


OTHERS = 2  # more are not read


def _beside(things: list[Seen], chosen: Seen | None) -> list[Word]:
    """What else the line names, each once, in order."""
    left = {thing.word.code: thing.word for thing in things if chosen and not thing.word.is_vague}
    return [word for word in left.values() if chosen and word.code != chosen.word.code][:OTHERS]


def _others(left: list[Word]) -> list[str]:
    """A line is one thing: the others are in the title, and the operator is told."""
    if not left:
        return []
    stay = "est resté" if len(left) == 1 else "sont restés"
    return [
        f"Une ligne dit une seule chose : {' et '.join(f'« {word.label} »' for word in left)} {stay} dans le titre."
    ]


def _ask(said: Captured, people: People) -> Captured:
    """What to ask next, in the order it is asked."""
    missing = [name for name, value in (("side", said.side), ("category", said.category)) if value is None]
    if said.category and said.quantity is None and said.amount_cents is None:
        missing.append("amount" if said.unit == EURO else "quantity")
    if said.category == "rtt_days":
        missing.append("rtt")  # given as time, or paid in money by the employer: the desk must ask
    if said.commune is None:
        missing.append("commune")
    return replace(said, missing=tuple(missing))
