"""The round: every night, all open needs against all commitments, and what is new is raised to the operators."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from itertools import pairwise

from django.db import DatabaseError, connection, transaction

from callcare.accounts.models import User
from callcare.catalogue.models import Reason
from callcare.commitments.models import CommitmentLine
from callcare.core import clock
from callcare.core.deeds import deed
from callcare.matching.actions.pairs import dismiss
from callcare.matching.enums import MatchingVerb, News
from callcare.matching.lines import this_day
from callcare.matching.models import Dismissal, OfferedLine, Round, Suggestion, WantedLine
from callcare.matching.rules.suggesting import Policy, Raised, Spread, portions
from callcare.matching.suggesting import Ranker, Seen, begin
from callcare.needs.models import NeedLine

TURN = 2_021_0525  # of the advisory lock: one round at a time, in the whole house
WRITTEN = 200  # need lines written in one transaction
FORGOTTEN_DAYS = 90  # a pair no round has kept for so long is forgotten, and would be new again


def make_round(*, by: User | None, policy: Policy | None = None, ranker: Ranker | None = None) -> Round | None:
    """Search for all open needs now. None, and nothing done, while another round is under way.

    Reading takes no lock; what is kept is written a few hundred need lines at a time. Cut short, it is begun again
    from the start and changes nothing twice: a pair is news on the day it was raised, however often the round is made.
    """
    policy = policy or Policy()
    with _turn() as is_ours:
        if not is_ours:
            return None
        today = this_day()
        with deed(MatchingVerb.ROUND_BEGUN, by=by):
            made = Round.objects.create(on=today.on, started_at=clock.now())
        seen = begin(today=today, ranker=ranker)
        kept = _chosen(seen, policy)
        _write(seen, kept, today.on)
        _forget(today.on)
        with deed(MatchingVerb.ROUND_FINISHED, by=by):
            made.needs, made.kept = len(seen.lacks), len(kept)
            made.raised = Suggestion.objects.filter(is_current=True, raised_on=today.on).count()
            made.finished_at = clock.now()
            made.save()
        return made


def _chosen(seen: Seen, policy: Policy) -> list[Raised]:
    """Look at the first candidates of every line, then further for those whose first were all taken by others."""
    spread = Spread(lacks=seen.lacks, stocks=seen.stocks, room=seen.room, policy=policy)
    first, *further = policy.candidates
    spread.take(seen.look(limit=first))
    for before, limit in pairwise([first, *further]):
        if not (poor := spread.still_poor(seen.found, limit=before)):
            break
        spread.take(seen.look(limit=limit, only=poor))
    return spread.raised


@contextmanager
def _turn() -> Iterator[bool]:
    """One round at a time. The lock goes with the connection: a round that was killed holds nobody up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [TURN])
        is_ours = bool(cursor.fetchone()[0])
    try:
        yield is_ours
    finally:
        if is_ours:
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [TURN])


def _write(seen: Seen, kept: Sequence[Raised], on: date) -> None:
    """By need line, in the order of their keys: what is kept stays or comes, what is kept no longer leaves."""
    by_need: dict[int, list[Raised]] = {}
    for one in kept:
        by_need.setdefault(one.pair.need_line, []).append(one)
    held = Suggestion.objects.filter(is_current=True).values_list("need_line", flat=True).distinct()
    for lines in portions(sorted({*by_need, *held}), WRITTEN):
        write_some(lines, [one for line in lines for one in by_need.get(line, ())], seen, on)


# A pair already known is news again only when it climbed a step, covers more, or was confirmed since it was raised.
KEEP = """
    INSERT INTO matching_suggestion AS s (desk_id, need_line_id, commitment_line_id, score, step, quantity,
        is_announced, news, raised_on, seen_on, is_current)
    SELECT kept.*, %(new)s, %(on)s, %(on)s, true FROM unnest(%(desk)s::bigint[], %(need_line)s::bigint[],
        %(commitment_line)s::bigint[], %(score)s::int[], %(step)s::int[], %(quantity)s::bigint[],
        %(is_announced)s::bool[]) AS kept
    ORDER BY 2, 3
    ON CONFLICT (need_line_id, commitment_line_id) DO UPDATE SET
        score = excluded.score, seen_on = greatest(s.seen_on, excluded.seen_on), is_current = true,
        (news, raised_on, step, quantity, is_announced) = (
            SELECT coalesce(better.news, s.news),
                CASE WHEN better.news IS NULL THEN s.raised_on ELSE excluded.raised_on END,
                CASE WHEN better.news IS NULL THEN s.step ELSE excluded.step END,
                CASE WHEN better.news IS NULL THEN s.quantity ELSE excluded.quantity END,
                CASE WHEN better.news IS NULL THEN s.is_announced ELSE excluded.is_announced END
            FROM (SELECT CASE WHEN s.is_announced AND NOT excluded.is_announced THEN %(sure)s
                WHEN excluded.quantity > s.quantity THEN %(more)s
                WHEN excluded.step > s.step THEN %(better)s END AS news) better)
"""


def write_some(lines: Sequence[int], kept: Sequence[Raised], seen: Seen, on: date) -> None:
    """One transaction. The rows are locked in the order of their keys: two rounds would wait, not block each other."""
    pairs = [one.pair for one in kept]
    facts: dict[str, list[int]] = {
        "desk": [seen.desks[pair.need_line] for pair in pairs],
        "need_line": [pair.need_line for pair in pairs],
        "commitment_line": [pair.commitment_line for pair in pairs],
        "score": [pair.score for pair in pairs],
        "step": [pair.step for pair in pairs],
        "quantity": [one.quantity for one in kept],
        "is_announced": [pair.is_announced for pair in pairs],
    }
    said = {"new": News.NEW, "better": News.BETTER, "more": News.MORE, "sure": News.SURE}
    with transaction.atomic(), connection.cursor() as cursor:
        rows = Suggestion.objects.filter(need_line__in=lines, is_current=True).select_for_update(no_key=True)
        left = set(zip(facts["need_line"], facts["commitment_line"], strict=True))
        gone = [row.pk for row in rows.order_by("pk") if (row.need_line_id, row.commitment_line_id) not in left]
        Suggestion.objects.filter(pk__in=gone).update(is_current=False)
        if pairs:
            cursor.execute(KEEP, {**facts, **said, "on": on})


def _forget(on: date) -> None:
    """Pairs of which one line is closed, and those no round has kept for long: nothing is lost, they can be found."""
    old = Suggestion.objects.filter(seen_on__lt=on - timedelta(FORGOTTEN_DAYS)).values_list("pk", flat=True)
    closed_need = Suggestion.objects.exclude(need_line__in=WantedLine.objects.values("pk"))
    closed_offer = Suggestion.objects.exclude(commitment_line__in=OfferedLine.objects.values("pk"))
    for going in (old, closed_need.values_list("pk", flat=True), closed_offer.values_list("pk", flat=True)):
        for keys in portions(list(going.order_by("pk")), WRITTEN * 10):
            Suggestion.objects.filter(pk__in=keys).delete()


def put_off(need_line: NeedLine, *, commitment_line: CommitmentLine, by: User | None) -> Dismissal:
    """« Plus tard »: the pair is not proposed again until one of the two lines changes."""
    later = Reason.objects.get(code="later")
    return dismiss(need_line, commitment_line=commitment_line, reason=later, by=by)
