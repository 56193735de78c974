"""The figures of the telephone: pure arithmetic over contacts, one definition each, said beside the figure.

The unit is the caller’s contact: a chain of transfers counts once, answered if any of its calls is. An empty
denominator gives no value (« — »), never 0 %.

"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

SHORT = timedelta(seconds=5)  # who hangs up sooner has mostly dialled a wrong number
SERVICE = timedelta(seconds=20)
WRAP_UP_MOST = timedelta(minutes=30)
AGAIN_WITHIN = timedelta(days=7)
NOT_USABLE = frozenset({"wrong_number", "silent", "sales", "out_of_scope"})
USEFUL = frozenset({"need", "commitment"})
NO_TIME = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One contact that came in by telephone and is over."""

    started_at: datetime
    ended_at: datetime
    in_hours: bool = True
    answered_at: datetime | None = None
    cause: str = ""
    operator: int | None = None
    caller: str = ""  # "" where the number is hidden
    final_at: datetime | None = None  # when a person recorded it
    dispositions: frozenset[str] = frozenset()

    @property
    def wait(self) -> timedelta:
        return (self.answered_at or self.ended_at) - self.started_at

    @property
    def is_short(self) -> bool:
        return self.answered_at is None and self.cause == "cancel" and self.wait < SHORT

    @property
    def talk(self) -> timedelta:
        return self.ended_at - self.answered_at if self.answered_at else NO_TIME


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure: its value (None where there is nothing to divide by), how many contacts it rests on, what it means.

    `unit` is « % » (the value is a share of 1), « s », « h » or "" for a plain count.
    """

    code: str
    label: str
    value: float | None
    n: int
    unit: str
    definition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One call-back that was due: when, and when it was first tried."""

    due_at: datetime
    tried_at: datetime | None

    @property
    def is_in_time(self) -> bool:
        return self.tried_at is not None and self.tried_at <= self.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What was received, and what the figures need besides."""

    contacts: Sequence[Received]
    owed: Sequence[Owed] = ()
    reached: Sequence[tuple[str, datetime]] = ()  # numbers spoken to, in or out, and when
    open_hours: float = 0.0
    presence_hours: float = 0.0
    operators: int = 0
    recovery: timedelta = timedelta(hours=9)  # one open day

    @property
    def offered(self) -> list[Received]:
        return [one for one in self.contacts if one.in_hours]

    @property
    def answered(self) -> list[Received]:
        return [one for one in self.offered if one.answered_at]

    @property
    def lost(self) -> list[Received]:
        """In hours, neither answered nor short."""
        return [one for one in self.offered if not one.answered_at and not one.is_short]


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def mean(spans: Sequence[timedelta]) -> float | None:
    return sum(spans, NO_TIME).total_seconds() / len(spans) if spans else None


def rank(spans: Iterable[timedelta], quantile: float) -> float | None:
    """The nearest rank ⌈q·n⌉: a value that was really observed."""
    ordered = sorted(spans)
    return ordered[max(0, math.ceil(quantile * len(ordered)) - 1)].total_seconds() if ordered else None


def wrap_ups(answered: Iterable[Received]) -> list[timedelta]:
    """From the hang-up to the record, at most half an hour, and never beyond the operator's next answer."""
    by_operator: dict[int | None, list[Received]] = {}
    for one in sorted(answered, key=lambda contact: contact.answered_at or contact.started_at):
        by_operator.setdefault(one.operator, []).append(one)
    spans = []
    for line in by_operator.values():
        following: list[Received | None] = [later for _, later in pairwise(line)]
        for one, later in zip(line, [*following, None], strict=True):
            if one.final_at is None:
                continue
            until = min(one.final_at, one.ended_at + WRAP_UP_MOST)
            if later is not None and later.answered_at is not None:
                until = min(until, later.answered_at)
            spans.append(max(until - one.ended_at, NO_TIME))
    return spans


def erlang_b(load: float, lines: int) -> float:
    """The share of callers who meet only busy operators: B(0) = 1, B(k) = a·B(k−1) / (k + a·B(k−1))."""
    blocked = 1.0
    for line in range(1, lines + 1):
        blocked = load * blocked / (line + load * blocked)
    return blocked


def measures(period: Period) -> list[Measure]:
    """Every figure of the page, in its order."""
    offered, answered, lost = period.offered, period.answered, period.lost
    counted = len(offered) - sum(one.is_short for one in offered)
    waits = [one.wait for one in answered]
    talks, wraps = [one.talk for one in answered], wrap_ups(answered)
    handling = None if mean(talks) is None else (mean(talks) or 0.0) + (mean(wraps) or 0.0)
    worked = sum([*talks, *wraps], NO_TIME).total_seconds() / 3600
    final = [one for one in answered if one.final_at]
    return [
        Measure("offered", "appels reçus", len(offered), len(offered), "", "Contacts reçus aux heures d’ouverture."),
        Measure("handled", "décrochés", len(answered), len(offered), "", "Appels reçus auxquels quelqu’un a répondu."),
        Measure(
            "answer_rate", "taux de décroché", share(len(answered), counted), counted, "%",
            "Décrochés ÷ appels reçus, sans les appels courts.",
        ),
        Measure(
            "service_level", "décrochés en 20 secondes",
            share(sum(wait <= SERVICE for wait in waits), counted), counted, "%",
            "Décrochés en 20 secondes au plus ÷ appels reçus, sans les appels courts.",
        ),
        Measure("wait_mean", "attente moyenne", mean(waits), len(waits), "s", "Du premier évènement au décroché."),
        Measure("wait_median", "attente médiane", rank(waits, 0.5), len(waits), "s", "La moitié attend moins."),
        Measure("wait_p90", "attente de 9 sur 10", rank(waits, 0.9), len(waits), "s", "Neuf sur dix attendent moins."),
        Measure(
            "abandoned", "abandons", share(sum(one.cause == "cancel" for one in lost), counted), counted, "%",
            "La personne raccroche avant la réponse, après 5 secondes ou plus.",
        ),
        Measure(
            "short", "appels courts", sum(one.is_short for one in offered), len(offered), "",
            "Raccrochés en moins de 5 secondes sans réponse : souvent une erreur de numéro.",
        ),
        Measure(
            "out_of_hours", "hors horaires",
            sum(not one.in_hours for one in period.contacts), len(period.contacts), "",
            "Reçus quand le guichet est fermé.",
        ),
        Measure("talk", "conversation", mean(talks), len(talks), "s", "Durée moyenne, du décroché au raccroché."),
        Measure(
            "wrap_up", "après l’appel", mean(wraps), len(wraps), "s",
            "Du raccroché à l’enregistrement, 30 minutes au plus, jusqu’à l’appel suivant au plus tard.",
        ),
        Measure("handling", "traitement", handling, len(talks), "s", "Conversation et après l’appel, en moyenne."),
        Measure(
            "occupancy", "occupation", worked / period.presence_hours if period.presence_hours else None,
            round(period.presence_hours), "%", "Conversation et après l’appel ÷ heures de présence aux horaires.",
        ),
        _resolution(period),
        _recovery(period),
        Measure(
            "call_backs", "rappels à l’heure",
            share(sum(one.is_in_time for one in period.owed), len(period.owed)), len(period.owed), "%",
            "Premier essai avant l’échéance ÷ rappels échus dans la période.",
        ),
        _repeats(period),
        Measure(
            "useful", "contacts utiles", share(sum(bool(one.dispositions & USEFUL) for one in final), len(final)),
            len(final), "%", "Contacts qui ont mené à un besoin ou à un engagement ÷ contacts enregistrés.",
        ),
        Measure(
            "not_usable", "sans suite possible",
            share(sum(bool(one.dispositions) and one.dispositions <= NOT_USABLE for one in final), len(final)),
            len(final), "%", "Erreurs, silences, démarchage, hors champ ÷ contacts enregistrés.",
        ),
        _expected_blocking(period, handling),
    ]  # fmt: skip


def _known(contacts: Iterable[Received]) -> set[str]:
    return {one.caller for one in contacts if one.caller}


def _resolution(period: Period) -> Measure:
    """First-contact resolution: nobody of that number had to call again within seven days."""
    answered = [one for one in period.answered if one.caller]
    calls: dict[str, list[datetime]] = {}
    for one in period.contacts:
        calls.setdefault(one.caller, []).append(one.started_at)
    settled = [
        one
        for one in answered
        if not any(one.ended_at < at <= one.ended_at + AGAIN_WITHIN for at in calls[one.caller])
    ]
    return Measure(
        "resolution", "réglés au premier appel", share(len(settled), len(answered)), len(answered), "%",
        "Appels décrochés sans nouvel appel du même numéro dans les sept jours ; numéros masqués à part.",
    )  # fmt: skip


def _recovery(period: Period) -> Measure:
    lost = [one for one in [*period.lost, *(one for one in period.contacts if not one.in_hours)] if one.caller]
    reached: dict[str, list[datetime]] = {}
    for number, at in period.reached:
        reached.setdefault(number, []).append(at)
    found = {
        one.caller
        for one in lost
        if any(one.ended_at <= at <= one.ended_at + period.recovery for at in reached.get(one.caller, ()))
    }
    return Measure(
        "recovery", "rattrapés", share(len(found), len(_known(lost))), len(_known(lost)), "%",
        "Manqués et hors horaires dont la personne est jointe dans la journée d’ouverture qui suit ; numéros connus.",
    )  # fmt: skip


def _repeats(period: Period) -> Measure:
    calls: dict[str, list[datetime]] = {}
    for one in sorted(period.contacts, key=lambda contact: contact.started_at):
        if one.caller:
            calls.setdefault(one.caller, []).append(one.started_at)
    again = sum(any(b - a <= AGAIN_WITHIN for a, b in pairwise(times)) for times in calls.values())
    return Measure(
        "repeats", "rappellent dans la semaine", share(again, len(calls)), len(calls), "%",
        "Numéros qui appellent au moins deux fois en sept jours ÷ numéros connus.",
    )  # fmt: skip


def _expected_blocking(period: Period, handling: float | None) -> Measure:
    value = None
    if period.open_hours and handling and period.operators:
        value = erlang_b(len(period.offered) / period.open_hours * handling / 3600, period.operators)
    return Measure(
        "blocking", "occupé, attendu", value, len(period.offered), "%",
        "Part des appels qui trouveraient toutes les opératrices en ligne (formule d’Erlang B).",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: a day, an hour, an operator."""

    key: object
    offered: int
    answered: int
    short: int
    lost: int
    answer_rate: float | None
    wait_median: float | None


def rows_by(contacts: Iterable[Received], key: Callable[[Received], object]) -> list[Row]:
    """The same counts for each value of `key`, in its order."""
    groups: dict[object, list[Received]] = {}
    for one in contacts:
        groups.setdefault(key(one), []).append(one)
    return [_row(name, group) for name, group in sorted(groups.items(), key=lambda pair: str(pair[0]))]


def _row(name: object, contacts: Sequence[Received]) -> Row:
    period = Period(contacts=contacts)
    offered, answered, lost = period.offered, period.answered, period.lost
    short = sum(one.is_short for one in offered)
    return Row(
        name, len(offered), len(answered), short, len(lost),
        share(len(answered), len(offered) - short), rank([one.wait for one in answered], 0.5),
    )  # fmt: skip
