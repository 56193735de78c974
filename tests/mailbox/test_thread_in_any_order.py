"""Conversations of a few people, drawn at random and received in several orders, in batches of any size."""

import random

import pytest

from callcare.core.deeds import deed
from callcare.desk.models import Desk
from callcare.mailbox.models import Mail
from tests import cast
from tests.mailbox import stage
from tests.mailbox.stage import arrive, written

pytestmark = pytest.mark.django_db

PEOPLE = ("claire@canal.test", "paul@ailleurs.test", "eva@canal.test", "dan@tiers.test")
Parts = frozenset[frozenset[str]]


def conversation(chance: random.Random) -> list[bytes]:
    """Mails that answer one another, some through references only, some from people who take no part yet."""
    ids = [f"<{number}@conv.test>" for number in range(chance.randint(4, 8))]
    mails = []
    for number, one in enumerate(ids):
        answered = chance.sample(ids, chance.randint(0, 2)) if number else []
        copied = chance.choice(("", "", *PEOPLE))
        mails.append(
            written(
                sender=chance.choice(PEOPLE), message_id=one, subject=f"s{number}", answers=answered[:1],
                follows=answered, **({"Cc": copied} if copied else {}),
            )
        )  # fmt: skip
    return mails


def parts(name: str, mails: list[bytes], cut: int) -> Parts:
    """Received at a desk of their own: the first ones at once, the others one by one."""
    with deed(cast.CastVerb.ENTERS, by=None):
        desk = Desk.objects.create(slug=name, name=name)
    box = stage.box(f"{name}@call-care.test", desk=desk)
    for some in (mails[:cut], *([one] for one in mails[cut:])):
        arrive(*some, into=box)
    together: dict[int, set[str]] = {}
    for thread, one in Mail.objects.filter(desk=desk).values_list("thread", "message_id"):
        together.setdefault(thread, set()).add(one)
    return frozenset(frozenset(some) for some in together.values())


@pytest.mark.parametrize("seed", range(20))
def test_the_threads_are_the_same_in_any_order(seed):
    chance = random.Random(seed)  # noqa: S311  # a game of chance
    mails = conversation(chance)
    found = {
        parts(f"d{seed}-{turn}", chance.sample(mails, len(mails)), chance.randint(0, len(mails))) for turn in range(4)
    }
    assert len(found) == 1, found


def test_the_draws_are_worth_something():
    """Most are neither one thread nor only single mails: else the test above would prove little."""
    sizes = []
    for seed in range(12):
        mails = conversation(random.Random(seed))  # noqa: S311
        sizes.append((len(parts(f"e{seed}", mails, len(mails))), len(mails)))
    assert sum(1 < threads < mails for threads, mails in sizes) >= 6
