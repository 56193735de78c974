"""Two operators at once on one introduction, one promise, one need: one wins, the other is told."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from callcare.allocations import actions as allocations
from callcare.allocations.enums import Proof
from callcare.allocations.models import Allocation, Fulfilment
from callcare.core.deeds import Refused
from callcare.desk.enums import CaseState
from callcare.desk.models import OutgoingMail
from callcare.introductions import actions as introductions
from callcare.introductions.enums import LIVE
from callcare.introductions.models import Introduction
from callcare.needs import actions as needs
from callcare.needs.models import Need, NeedLine
from tests import cast
from tests.introductions import stage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def at_once(*deeds: Callable[[], object]) -> list[str]:
    """Do them at the same moment; what each was told: "" when it was done."""
    gate, told = threading.Barrier(len(deeds)), [""] * len(deeds)

    def work(number: int, does: Callable[[], object]) -> None:
        try:
            gate.wait(20)
            does()
        except Refused as refusal:
            told[number] = str(refusal)
        except Exception as error:  # noqa: BLE001  # shown by the test
            told[number] = f"!! {type(error).__name__}: {error}"
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=each) for each in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not [one for one in told if one.startswith("!!")], told
    return told


def fresh() -> Introduction:
    return Introduction.objects.for_list().select_related("asker_person", "giver_person").get()


def test_two_reveals_send_two_letters_not_four():
    stage.agreed()
    marion, nathalie = cast.marion(), cast.nathalie()
    one, other = fresh(), fresh()
    told = at_once(
        lambda: introductions.introduce(one, by=marion), lambda: introductions.introduce(other, by=nathalie)
    )
    assert sorted(bool(each) for each in told) == [False, True]
    assert OutgoingMail.objects.count() == 2


def test_a_withdrawal_and_a_reveal_never_both_hold():
    it = stage.agreed()
    marion, nathalie = cast.marion(), cast.nathalie()
    one, other = fresh(), fresh()
    at_once(
        lambda: introductions.withdraw_side_consent(one, side="asker", by=marion, because="elle change d’avis"),
        lambda: introductions.introduce(other, by=nathalie),
    )
    it.refresh_from_db()
    consent = it.asker_consent
    consent.refresh_from_db()
    assert consent.withdrawn_at
    if it.sent_at:
        assert it.sent_at <= consent.withdrawn_at, "what was seen was seen before the no"
    else:
        assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("turn", range(4))
def test_closing_a_need_while_it_is_introduced_leaves_nothing_proposed(turn):
    it = stage.agreed()
    gone = cast.reason("withdrawn", "retiré", "close_need")
    marion, nathalie = cast.marion(), cast.nathalie()
    need, other = Need.objects.get(), fresh()
    at_once(
        lambda: needs.close_need(need, by=marion, reason=gone),
        lambda: introductions.introduce(other, by=nathalie),
    )
    it.refresh_from_db()
    assert Need.objects.get().state == CaseState.CLOSED
    assert it.state in {"sent", "cancelled"}


def test_the_last_two_deliveries_at_once_close_the_need():
    need = cast.need(6)
    with cast.deed(cast.CastVerb.ENTERS, by=None):
        first = need.lines.get()
        second = NeedLine.objects.create(
            need=need, desk=need.desk, category=cast.laptop(), kind="goods", measure="piece", unit=cast.unit(),
            qty_requested=4,
        )  # fmt: skip
    offer = cast.commitment().lines.get()
    cast.reason("served", "servi", "close_need")
    marion, nathalie = cast.marion(), cast.nathalie()
    made = [
        allocations.promise(need_line=line, commitment_line=offer, qty=line.qty_requested, by=marion).pk
        for line in (first, second)
    ]

    def deliver(pk: int, by: object) -> None:
        mine = Allocation.objects.get(pk=pk)
        allocations.deliver(mine, qty=mine.qty, by=by, proof=Proof.ORAL)

    told = at_once(lambda: deliver(made[0], marion), lambda: deliver(made[1], nathalie))
    assert told == ["", ""]
    need.refresh_from_db()
    assert need.state == CaseState.CLOSED


def test_one_delivery_noted_twice_counts_once():
    need, offer = cast.need(), cast.commitment()
    cast.reason("served", "servi", "close_need")
    marion, nathalie = cast.marion(), cast.nathalie()
    pk = allocations.promise(need_line=need.lines.get(), commitment_line=offer.lines.get(), qty=12, by=marion).pk

    def deliver(by: object) -> None:
        allocations.deliver(Allocation.objects.get(pk=pk), qty=12, by=by, proof=Proof.ORAL)

    told = at_once(lambda: deliver(marion), lambda: deliver(nathalie))
    assert sorted(bool(each) for each in told) == [False, True]
    assert Fulfilment.objects.count() == 1


def test_two_proposals_of_one_pair_make_one():
    need, offer = stage.need(), stage.commitment()
    marion, nathalie = cast.marion(), cast.nathalie()

    def propose(by: object) -> None:
        introductions.propose(by=by, need_line=need.lines.get(), commitment_line=offer.lines.get())

    told = at_once(lambda: propose(marion), lambda: propose(nathalie))
    assert sorted(bool(each) for each in told) == [False, True]
    assert Introduction.objects.filter(state__in=LIVE).count() == 1
