"""Some pairs are not to be proposed again; givers are left in peace; the other desk sees what is shared, no more."""

from datetime import timedelta

import pytest

from callcare.commitments.models import Commitment
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.matching.actions import (
    close_solicitation,
    dismiss,
    note_solicitation,
    rebuild,
    reopen_solicitation,
    restore,
)
from callcare.matching.candidates import Found, candidates_for_need
from callcare.matching.lines import this_day, wanted_by
from callcare.matching.models import OfferedLine, Solicitation, WantedLine
from callcare.needs.models import Need, NeedLine
from tests import cast

pytestmark = pytest.mark.django_db


def search(need) -> Found:
    line = need.lines.select_related("need", "category", "unit").get()
    return candidates_for_need(wanted_by(line), today=this_day())


def missed(need) -> str:
    (miss,) = search(need).near_misses
    return miss.missed.text


@cast.enters
def change(model, pk, **facts) -> None:
    model.objects.filter(pk=pk).update(**facts)


def test_a_pair_set_aside_for_good_stays_aside_whatever_changes():
    need, mill, marion = cast.need(), cast.commitment(), cast.marion()
    never = cast.reason("never", "jamais", "dismiss")
    dismiss(need.lines.get(), commitment_line=mill.lines.get(), reason=never, by=marion)
    assert missed(need) == "piste écartée"

    change(NeedLine, need.lines.get().pk, qty_requested=20)
    assert missed(need) == "piste écartée"


@pytest.mark.parametrize("change_what", ["quantity", "date", "place of the giver"])
def test_not_now_holds_until_something_changes(change_what):
    need, mill, marion = cast.need(), cast.commitment(), cast.marion()
    later = cast.reason("later", "plus tard", "dismiss", is_final=False)
    dismiss(need.lines.get(), commitment_line=mill.lines.get(), reason=later, by=marion)
    assert missed(need) == "piste écartée"

    match change_what:
        case "quantity":
            change(NeedLine, need.lines.get().pk, qty_requested=20)
        case "date":
            change(Need, need.pk, ends_on=clock.today())
        case _:
            change(Commitment, mill.pk, commune=cast.lens())

    need.refresh_from_db()
    assert len(search(need).candidates) == 1


def test_a_promise_elsewhere_does_not_end_not_now():
    """Only what is asked or offered counts, not what is left of it."""
    need, mill, marion = cast.need(), cast.commitment(), cast.marion()
    later = cast.reason("later", "plus tard", "dismiss", is_final=False)
    dismiss(need.lines.get(), commitment_line=mill.lines.get(), reason=later, by=marion)
    change(Commitment, mill.pk, title="Un autre titre")
    assert missed(need) == "piste écartée"


def test_a_giver_set_aside_is_so_with_all_her_lines():
    need, marion = cast.need(), cast.marion()
    cast.commitment(20, title="Un")
    cast.commitment(30, title="Deux")
    dismiss(need.lines.get(), giver=cast.mill(), by=marion)
    assert search(need).candidates == ()
    assert str(search(need).removed[0]) == "2 déjà écartés ou en cours"


def test_one_alone_is_said_in_the_singular():
    need = cast.need()
    cast.commitment(20)
    dismiss(need.lines.get(), giver=cast.mill(), by=cast.marion())
    assert str(search(need).removed[0]) == "1 déjà écarté ou en cours"


def test_a_pair_can_be_brought_back():
    need, mill, marion = cast.need(), cast.commitment(), cast.marion()
    aside = dismiss(need.lines.get(), commitment_line=mill.lines.get(), by=marion)
    restore(aside, by=marion, because="ils ont changé d’avis")
    assert len(search(need).candidates) == 1


def test_a_reason_of_another_use_is_refused():
    need, mill = cast.need(), cast.commitment()
    wrong = cast.reason("served", "servi", "close_need")
    with pytest.raises(Refused, match="écarter"):
        dismiss(need.lines.get(), commitment_line=mill.lines.get(), reason=wrong, by=cast.marion())


def test_a_pair_in_contact_is_not_proposed_again_until_it_is_over():
    need, mill, marion = cast.need(), cast.commitment(), cast.marion()
    note_solicitation(need=need, giver=mill.organisation, commitment=mill, by=marion)
    assert missed(need) == "mise en relation en cours"
    with pytest.raises(Refused, match="déjà sollicité"):
        note_solicitation(need=need, giver=mill.organisation, by=marion)

    close_solicitation(need=need, giver=mill.organisation, by=marion)
    (one,) = search(need).candidates
    assert "sollicité 1 fois ce mois-ci" in [reason.text for reason in one.reasons]

    reopen_solicitation(need=need, giver=mill.organisation, by=marion)
    assert missed(need) == "mise en relation en cours"
    assert Solicitation.objects.count() == 1


def test_no_more_introductions_at_once_than_the_giver_wants():
    need, mill, marion = cast.need(), cast.commitment(max_open_introductions=1), cast.marion()
    note_solicitation(need=cast.need(), giver=mill.organisation, commitment=mill, by=marion)
    assert missed(need) == "1 mise en relation en cours"


def test_five_solicitations_in_thirty_days_are_enough():
    need, mill, marion = cast.need(), cast.commitment(), cast.marion()
    for _ in range(5):
        other = cast.need()
        note_solicitation(need=other, giver=mill.organisation, by=marion)
        close_solicitation(need=other, giver=mill.organisation, by=marion)
    assert missed(need) == "sollicité 5 fois en 30 jours"

    change(Solicitation, Solicitation.objects.first().pk, at=clock.now() - timedelta(31))
    assert len(search(need).candidates) == 1


@pytest.mark.parametrize(("sharing", "neighbour", "shown"), [
    ("desk", True, 0), ("neighbours", False, 0), ("neighbours", True, 1), ("all", False, 1),
])  # fmt: skip
def test_amiens_sees_what_lille_shares_and_nothing_else(sharing, neighbour, shown):
    if neighbour:
        cast.lille_desk().neighbours.add(cast.amiens_desk())
    need = cast.need(desk=cast.amiens_desk(), commune=cast.amiens())
    cast.commitment(sharing=sharing, person=cast.hugo())
    found = search(need)
    assert len(found.candidates) == shown
    assert found.removed == ()  # what is not shared does not exist, not even as a number
    for one in found.candidates:
        assert one.desk == "Guichet de Lille"
        assert "Vasseur" not in repr(one)


def test_the_engine_follows_the_lines():
    need, mill = cast.need(), cast.commitment(40)
    line = mill.lines.get()
    assert OfferedLine.objects.get(pk=line.pk).free == 40
    change(type(line), line.pk, qty_withdrawn=30)
    assert OfferedLine.objects.get(pk=line.pk).free == 10
    change(Need, need.pk, commune=cast.lens())
    assert WantedLine.objects.get(pk=need.lines.get().pk).commune_id == cast.lens().pk
    change(type(cast.lens()), cast.lens().pk, lat=50.0)
    moved = WantedLine.objects.get(pk=need.lines.get().pk)
    assert round(moved.z) == 4880  # 6371 × sin 50°
    with deed(cast.CastVerb.ENTERS, by=None):
        line.delete()
    assert not OfferedLine.objects.filter(pk=line.pk).exists()


def test_the_engine_can_be_rebuilt_from_the_lines():
    cast.need()
    cast.commitment()
    before = [*OfferedLine.objects.values(), *WantedLine.objects.values()]
    WantedLine.objects.all().delete()
    assert rebuild() == 2
    assert [*OfferedLine.objects.values(), *WantedLine.objects.values()] == before
