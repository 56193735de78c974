"""One commitment line over many needs: every introduction proposed and every quantity held, in one deed.

Nothing is promised and nobody is written to: a hold lapses by itself, and an introduction waits for both consents.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from callcare.accounts.models import User
from callcare.allocations.actions.promising import HOLD_DAYS, allocate_locked
from callcare.allocations.actions.steps import said
from callcare.allocations.enums import AllocationState, AllocationVerb
from callcare.allocations.models import Allocation
from callcare.commitments.models import CommitmentLine
from callcare.core import french
from callcare.core.deeds import Refused, deed
from callcare.desk.actions.following import hold_still
from callcare.desk.calendar import after_open_days
from callcare.desk.permissions import keeps
from callcare.introductions.actions import propose
from callcare.introductions.enums import LIVE, IntroductionState
from callcare.introductions.models import Introduction
from callcare.needs.models import Need, NeedLine


@dataclass(frozen=True, slots=True)
class Share:
    """What one need line is to get, in measures, and the line as it was seen when that was decided."""

    need_line: int
    qty: int
    seen: str
    score: int | None = None
    reasons: Sequence[str] = ()


class Changed(Refused):
    """Some lines are no longer what the plan was made of. `lines` are their numbers; none for the stock itself."""

    def __init__(self, sentence: str, lines: Iterable[int] = ()) -> None:
        super().__init__(sentence)
        self.lines = frozenset(lines)


def seen(revision: int, left: int) -> str:
    """What is remembered of a line while its page is open."""
    return f"{revision}.{left}"


def share(
    *, commitment_line: CommitmentLine, shares: Sequence[Share], seen_stock: str, by: User | None, agreed: bool = False
) -> list[Allocation]:
    """Propose one introduction for each need and hold what each line is to get: all of it, or nothing.

    `agreed` says that the giver accepts as many introductions at once. Refused, naming the lines, where one has
    changed since it was seen; refused where the stock is not enough: the database counts.
    """
    commitment = commitment_line.commitment
    because = f"Le contributeur accepte {french.counted(_needs(shares), 'mise')} en relation." if agreed else ""
    with deed(AllocationVerb.SHARED, by=by, because=because):
        if not keeps(by, commitment.desk):
            raise Refused("Cet engagement n’est pas de votre guichet.")
        if not shares:
            raise Refused("Donnez une part à au moins un besoin.")
        stock, lines = _locked(commitment_line, shares)
        _must_be_as_seen(stock, seen_stock, lines, shares)
        _must_be_agreed(stock, {line.need_id for line in lines.values()}, agreed=agreed)
        met: dict[int, Introduction] = {}
        for one in sorted(shares, key=lambda one: one.need_line):
            line = lines[one.need_line]
            if line.need_id not in met:
                met[line.need_id] = propose(
                    need_line=line, commitment_line=stock, by=by, score=one.score, reasons=one.reasons
                )
        until = after_open_days(commitment.desk, days=HOLD_DAYS)
        facts = {"state": AllocationState.HELD, "held_until": until, "next_action_at": until}
        return [
            allocate_locked(
                lines[one.need_line], stock, one.qty, by=by, introduction=met[lines[one.need_line].need_id], **facts
            )
            for one in shares
        ]


def _needs(shares: Sequence[Share]) -> int:
    return NeedLine.objects.filter(pk__in=[one.need_line for one in shares]).values("need").distinct().count()


def _locked(commitment_line: CommitmentLine, shares: Sequence[Share]) -> tuple[CommitmentLine, dict[int, NeedLine]]:
    """Every row of the plan, locked in the order of the house: commitment lines, need lines, needs, commitment."""
    ours = CommitmentLine.objects.filter(commitment=commitment_line.commitment_id).order_by("pk")
    ours = ours.select_related(
        "commitment__organisation", "commitment__desk", "commitment__person", "unit", "category"
    )
    stocks = {one.pk: one for one in ours.select_for_update(no_key=True, of=("self",))}
    numbers = [one.need_line for one in shares]
    needs = NeedLine.objects.filter(pk__in=numbers, desk=commitment_line.desk_id).values("need")
    theirs = NeedLine.objects.filter(need__in=needs).order_by("pk").select_related(
        "unit", "category", "need__organisation", "need__person", "need__desk", "need__owner", "desk"
    )  # fmt: skip
    lines = {one.pk: one for one in theirs.select_for_update(no_key=True, of=("self",))}
    if missing := [number for number in numbers if number not in lines]:
        raise Changed("Un besoin de cette répartition n’existe plus. La répartition est recalculée.", missing)
    waiting = Need.objects.filter(  # told when the last unit leaves, so locked now, in the order of the house
        introductions__commitment=commitment_line.commitment_id, introductions__state=IntroductionState.PROPOSED
    )
    stock = stocks[commitment_line.pk]
    hold_still(*{line.need.ref for line in lines.values()}, *waiting.values_list("ref", flat=True), stock.commitment)
    return stock, lines


def _must_be_as_seen(
    stock: CommitmentLine, seen_stock: str, lines: dict[int, NeedLine], shares: Sequence[Share]
) -> None:
    if seen(stock.revision, stock.left) != seen_stock:
        raise Changed(stock_has_changed(said(stock, stock.left)))
    read = {one.need_line: lines[one.need_line] for one in shares}
    changed = [
        one.need_line for one in shares if seen(read[one.need_line].revision, read[one.need_line].left) != one.seen
    ]
    if changed:
        raise Changed(has_changed(read[one].need for one in changed), changed)


def stock_has_changed(left: str) -> str:
    """The stock is no longer what the plan was made of."""
    return f"L’engagement a changé entre-temps : il en reste {left}. La répartition est recalculée."


def has_changed(needs: Iterable[Need]) -> str:
    """Which needs are no longer what the plan was made of."""
    names = sorted({f"{need.organisation} ({need.ref})" for need in needs})
    verb = "A changé" if len(names) == 1 else "Ont changé"
    return f"{verb} entre-temps : {french.listed(names)}. La répartition est recalculée."


def _must_be_agreed(stock: CommitmentLine, needs: set[int], *, agreed: bool) -> None:
    """A giver said how many introductions at once she wants: more is asked of her first."""
    commitment = stock.commitment
    live = Introduction.objects.filter(commitment=commitment, state__in=LIVE).count()
    if not agreed and live + len(needs) > commitment.max_open_introductions:
        raise Refused(too_many(commitment.organisation, commitment.max_open_introductions, live, len(needs)))


def too_many(giver: object, most: int, live: int, more: int) -> str:
    """What is said where a giver would have more introductions than she wants."""
    under_way = f" (déjà {live} en cours)" if live else ""
    return (
        f"{giver} accepte {french.counted(most, 'mise')} en relation à la fois{under_way}, ce plan en prépare {more}. "
        "Demandez-lui son avis, puis cochez la case."
    )
