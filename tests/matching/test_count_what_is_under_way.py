"""How many introductions a commitment has under way is kept beside its lines, by the database alone."""

import random
import threading

import pytest
from django.db import connection
from django.db.models import Count, Q

from callcare.core import clock
from callcare.matching.actions import note_solicitation
from callcare.matching.models import OfferedLine, Solicitation
from tests import cast

pytestmark = pytest.mark.django_db


def wrong() -> list[tuple[int, int]]:
    """Lines whose number is not the count of the solicitations under way."""
    counted = OfferedLine.objects.annotate(
        true=Count("commitment__solicitations", filter=Q(commitment__solicitations__closed_at=None))
    )
    return [(one.live, one.true) for one in counted if one.live != one.true]


@cast.enters
def shaken(seed: int) -> int:
    """Ask, close, take back, pass on to another commitment, at random; how many are under way in the end."""
    pick = random.Random(seed)  # noqa: S311
    givers = [cast.commitment(title=f"Portables {n}") for n in range(3)]
    for n in range(30):
        live = list(Solicitation.objects.live().order_by("pk"))
        one = pick.choice(live) if live else None
        match pick.choice(["ask", "ask", "ask", "ask", "ask", "close", "move", "nobody", "gone"]):
            case "ask":
                need = cast.need(title=f"Besoin {seed} {n}")
                given = pick.choice(givers)
                note_solicitation(need=need, giver=given.organisation, commitment=given, by=None)
            case "close" if one:
                Solicitation.objects.filter(pk=one.pk).update(closed_at=clock.now())
            case "move" if one:
                Solicitation.objects.filter(pk=one.pk).update(commitment=pick.choice(givers))
            case "nobody" if one:
                Solicitation.objects.filter(pk=one.pk).update(commitment=None)
            case "gone" if one:
                Solicitation.objects.filter(pk=one.pk).delete()
    return Solicitation.objects.live().exclude(commitment=None).count()


@pytest.mark.parametrize("seed", [0, 1, 3, 4])
def test_the_number_follows_whatever_happens_to_a_solicitation(seed):
    assert shaken(seed) > 0
    assert OfferedLine.objects.filter(live__gt=0).exists()
    assert wrong() == []


def test_a_line_that_comes_back_counts_what_is_under_way():
    shaken(7)
    lines = list(OfferedLine.objects.values_list("line", flat=True))
    OfferedLine.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT matching_offer(%s)", [lines])
    assert OfferedLine.objects.count() == len(lines)
    assert wrong() == []


def test_without_the_trigger_the_number_is_wrong():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE matching_solicitation DISABLE TRIGGER matching_solicited")
    shaken(1)
    assert wrong()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_both_counted():
    given = cast.commitment()
    needs = [cast.need(title=f"Besoin {n}") for n in range(8)]
    gate = threading.Barrier(len(needs))

    def ask(need: object) -> None:
        gate.wait(20)
        cast.enters(note_solicitation)(need=need, giver=given.organisation, commitment=given, by=None)
        connection.close()

    threads = [threading.Thread(target=ask, args=[need]) for need in needs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert OfferedLine.objects.get().live == len(needs)
