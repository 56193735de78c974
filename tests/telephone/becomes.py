"""What the desk makes of each scene: its calls in words, and whom it owes a call."""

from dataclasses import dataclass, field

from callcare.calls.actions import open_trunk, set_extension
from callcare.calls.enums import Provider
from callcare.calls.models import Call, Trunk
from callcare.desk.models import Reminder
from tests import cast
from tests.telephone.scenes import number_of


@dataclass(frozen=True)
class Became:
    """`calls` in the order of their beginning; `owed` are callers. A caller is the n-th of her line."""

    calls: list[str]
    owed: list[int] = field(default_factory=list)
    messages: int = 0  # calls owed to somebody who left one


BY_MARION = "in 1: answered by Marion, rang marion"
BECOMES = {
    "answered": Became([BY_MARION]),
    "both-ring": Became([f"{BY_MARION} nathalie"]),
    "busy-then-the-second": Became(["in 1: answered by Nathalie, rang nathalie"]),
    "all-busy": Became(["in 1: missed busy, rang marion nathalie"], [1]),
    "not-to-be-disturbed": Became(["in 1: missed noAnswer, rang marion"], [1]),
    "out-of-order": Became(["in 1: missed congestion, rang marion"], [1]),
    "given-up": Became(["in 1: missed cancel, rang marion"], [1]),
    "nobody-registered": Became(["in 1: missed notFound"], [1]),
    "rings-out": Became(["in 1: missed noAnswer, rang marion"], [1]),
    "operator-hangs-up": Became([BY_MARION]),
    "hidden-number": Became(["in hidden: answered by Marion, rang marion"]),
    "three-spellings": Became([BY_MARION] * 3),
    "two-and-two": Became([f"{BY_MARION} nathalie", "in 2: answered by Nathalie, rang nathalie"]),
    "called-back": Became(["in 1: missed notFound", "out 1: answered by Marion"]),
    "message-left": Became(["in 1: voicemail, rang marion nathalie"], [1], messages=1),
    "message-at-night": Became(["in 1: voicemail"], [1], messages=1),
    "calls-itself": Became([f"in {caller}: missed congestion, rang nathalie" for caller in (1, 2, 3)], [1, 2, 3]),
}


def trunk_of(name: str) -> tuple[Trunk, str]:
    """A line of the desk of Lille, on which Marion and Nathalie have a telephone; and its secret."""
    trunk, secret = open_trunk(
        by=cast.ada(), desk=cast.lille_desk(), slug=name, name=f"Ligne {name}", provider=Provider.GENERIC
    )
    for operator in (cast.marion(), cast.nathalie()):
        set_extension(trunk, by=cast.ada(), operator=operator, value=operator.display_name.lower())
    return trunk, secret


def international(line: int, caller: int) -> str:
    return "+33" + number_of(line, caller).removeprefix("0")


def became(trunk: Trunk, *, line: int) -> Became:
    """What the rows say now."""
    callers = {international(line, caller): caller for caller in range(1, 10)}
    calls = list(Call.objects.filter(trunk=trunk).select_related("operator", "interaction").order_by("started_at"))
    owed = Reminder.objects.planned().filter(number__in=callers).order_by("number")
    return Became(
        [in_words(call, callers) for call in calls],
        [callers[reminder.number] for reminder in owed],
        sum(reminder.has_message for reminder in owed),
    )


def in_words(call: Call, callers: dict[str, int]) -> str:
    words = f"{call.direction} {callers.get(call.caller, 'hidden' if not call.caller else call.caller)}: "
    words += call.outcome or "under way"
    if call.operator:
        words += f" by {call.operator.display_name}"
    elif call.cause != "normalClearing":
        words += f" {call.cause}"
    return words + (f", rang {' '.join(call.rang)}" if call.rang else "")
