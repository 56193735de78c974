"""Marion looks for who can help: the filters one by one, the score, the reasons."""

from datetime import date, timedelta

import pytest

from callcare.core import clock
from callcare.core.deeds import deed
from callcare.matching.candidates import Found, candidates_for_need, needs_for_commitment
from callcare.matching.lines import offered_by, this_day, wanted_by
from callcare.matching.rules.filters import Stop
from tests import cast

pytestmark = pytest.mark.django_db


def search(need) -> Found:
    line = need.lines.get()
    return candidates_for_need(wanted_by(line), today=this_day(), all_misses=True)


def only_miss(need) -> tuple[str, str]:
    found = search(need)
    assert found.candidates == ()
    (miss,) = found.near_misses
    assert miss.missed is not None
    (removed,) = found.removed
    assert removed.stop == miss.missed.stop
    assert removed.count == 1
    return miss.missed.text, removed.said


def texts(found: Found) -> list[str]:
    return [reason.text for reason in found.candidates[0].reasons]


def test_the_mill_can_help_the_workshop_and_the_reasons_say_why():
    need = cast.need()
    cast.commitment()

    found = search(need)

    (one,) = found.candidates
    assert one.organisation_name == "Filature Verlinde"
    assert one.commune == "Lille"
    assert texts(found) == ["couvre les 12", "à 11 km", "confirmé aujourd’hui", "pas sollicité ce mois-ci"]
    assert one.score == 73  # covers 25, near 17.8, fair 10, fresh 10, rest 5, specific 5: nothing urgent, no waiting
    assert one.km == 11


def test_the_candidate_never_carries_a_person():
    need = cast.need()
    hugo = cast.hugo()
    cast.commitment(person=hugo)

    (one,) = search(need).candidates

    for secret in (hugo.last_name, hugo.first_name, "+33353012202", "hugo@verlinde.test"):
        assert secret not in repr(one)


def test_part_of_it_now_is_said():
    need = cast.need(15)
    cast.commitment(8)
    assert texts(search(need))[0] == "8 sur 15 tout de suite"


def test_another_kind_of_thing_is_not_looked_at():
    need = cast.need()
    hours = {"category": cast.tutoring(), "kind": "time", "measure": "minute", "unit": cast.unit("hour")}
    cast.commitment(600, line=hours)
    found = search(need)
    assert found.candidates == ()
    assert found.cascade == "1 autre chose"


def test_a_wider_or_narrower_category_helps_and_a_sister_does_not():
    cast.commitment(line={"category": cast.computers()}, title="Ordinateurs")
    cast.commitment(line={"category": cast.category("tower", "ordinateur fixe", "goods", under=cast.computers())})
    need = cast.need()
    found = search(need)
    assert [one.title for one in found.candidates] == ["Ordinateurs"]
    assert "proposé : ordinateur" in texts(found)
    assert found.cascade == "1 autre chose"


def test_a_loan_does_not_serve_who_wants_to_keep():
    need = cast.need()
    cast.commitment(line={"mode": "loan"})
    assert only_miss(need) == ("prêt seulement", "don ou prêt, pas l’autre")


def test_a_loan_serves_who_takes_either_and_says_so():
    need = cast.need(line={"mode": "either"})
    cast.commitment(line={"mode": "loan"})
    assert "prêt seulement" in texts(search(need))


def test_precisions_that_contradict_exclude_and_unknown_ones_are_to_check():
    need = cast.need(line={"specs": {"ram": 8, "systeme": "linux"}})
    cast.commitment(line={"specs": {"ram": 4}}, title="Trop peu de mémoire")
    cast.commitment(line={"specs": {"ram": 16}}, title="Assez")
    found = search(need)
    assert [one.title for one in found.candidates] == ["Assez"]
    assert "précisions à vérifier" in texts(found)
    assert found.near_misses[0].missed.text == "les précisions demandées n’y sont pas"


def test_a_suspended_commitment_is_told_apart():
    need = cast.need()
    cast.commitment(state="on_hold")
    assert only_miss(need) == ("suspendu ou à qualifier", "pas encore ouvert")


def test_an_announced_commitment_comes_last_and_is_to_be_confirmed_first():
    need = cast.need()
    cast.commitment(4, title="Quatre sûrs")
    cast.commitment(level="announced", organisation=cast.organisation("Laines du Nord", kind="company"))
    found = search(need)
    assert [one.is_announced for one in found.candidates] == [False, True]
    assert [reason.text for reason in found.announced[0].reasons].count("à confirmer d’abord") == 1


def test_an_exhausted_commitment_is_counted_as_such():
    need = cast.need()
    cast.commitment(0)
    assert only_miss(need) == ("épuisé", "épuisé")


def test_less_than_the_useful_minimum_is_not_proposed():
    need = cast.need(12, line={"min_useful": 6})
    cast.commitment(5)
    assert only_miss(need) == ("reste 5, minimum 6", "épuisé")


def test_as_needed_is_always_enough():
    need = cast.need()
    cast.commitment(0, line={"is_countable": False})
    assert texts(search(need))[0] == "selon les besoins"


def test_dates_that_do_not_meet_exclude():
    today = clock.today()
    need = cast.need(ends_on=today + timedelta(10))
    late = today + timedelta(20)
    cast.commitment(starts_on=late)
    text, said = only_miss(need)
    assert text.startswith("disponible à partir du ")
    assert said == "pas aux mêmes dates"


def test_a_date_that_has_passed_excludes_nobody():
    need = cast.need(ends_on=clock.today() - timedelta(3))
    cast.commitment()
    assert len(search(need).candidates) == 1


def test_too_far_is_said_with_the_distance_and_the_radius():
    need = cast.need()
    cast.commitment(commune=cast.amiens(), radius_km=50)
    text, said = only_miss(need)
    assert text == "confirmé mais à 109 km, rayon 50"
    assert said == "trop loin"


def test_at_a_distance_no_road_is_too_long():
    need = cast.need()
    cast.commitment(commune=cast.amiens(), radius_km=50, travel="remote")
    assert "à distance" in texts(search(need))


def test_an_unknown_place_passes_with_a_reason():
    need = cast.need(commune=None)
    cast.commitment(radius_km=5)
    assert "distance inconnue" in texts(search(need))


def test_the_same_commune_is_the_best_place():
    need = cast.need(commune=cast.lille())
    cast.commitment()
    assert "même commune" in texts(search(need))


def test_an_organisation_is_not_proposed_to_itself():
    need = cast.need(organisation=cast.mill())
    cast.commitment()
    assert only_miss(need)[0] == "la même organisation des deux côtés"


def test_who_asked_to_be_left_alone_is():
    need = cast.need()
    quiet = cast.person(
        cast.mill(), "Léa", "Roux", phone="+33353012203", email="lea@verlinde.test", do_not_contact=True
    )
    cast.commitment(person=quiet)
    assert only_miss(need) == ("ne souhaite pas être sollicité", "à ne pas solliciter")


def test_urgency_and_waiting_weigh_on_the_score():
    today = clock.today()
    calm = cast.need()
    pressed = cast.need(ends_on=today + timedelta(2), opened_at=clock.now() - timedelta(40))
    cast.commitment()
    assert search(pressed).candidates[0].score - search(calm).candidates[0].score == 25


def test_a_rhythm_is_compared_over_a_year():
    half_days = {"category": cast.tutoring(), "kind": "time", "measure": "minute", "unit": cast.unit("half_day")}
    need = cast.need(420, line=half_days | {"factor": 210, "every": "month"})
    cast.commitment(210, line=half_days | {"factor": 210, "every": "week"}, title="Chaque semaine")
    cast.commitment(420, line=half_days | {"factor": 210}, title="Une fois")
    found = search(need)
    assert {one.title: one.reasons[0].text for one in found.candidates} == {
        "Chaque semaine": "couvre les 2 demi-journées",
        "Une fois": "couvre les 2 demi-journées",
    }
    assert "une seule fois" in [reason.text for one in found.candidates for reason in one.reasons]


def test_the_closed_leave_no_trace_in_the_engine():
    need = cast.need()
    mill = cast.commitment()
    with deed(cast.CastVerb.ENTERS, by=None):
        mill.move("closed", closed_at=clock.now(), close_reason=cast.reason("withdrawn", "retiré", "close_commitment"))
    found = search(need)
    assert (found.candidates, found.removed) == ((), ())


def test_both_ways_the_score_is_the_same():
    need = cast.need(ends_on=clock.today() + timedelta(8))
    mill = cast.commitment()
    there = search(need).candidates[0]
    back = needs_for_commitment(offered_by(mill.lines.get()), today=this_day()).candidates[0]
    assert (there.tenths, there.score) == (back.tenths, back.score)
    assert back.ref == need.ref
    assert back.quantity == "cherche 12 pièces"


def test_the_first_filter_that_says_no_is_the_one_told():
    need = cast.need(ends_on=clock.today() + timedelta(3))
    cast.commitment(0, commune=cast.amiens(), radius_km=10, starts_on=date(2090, 1, 1))
    found = search(need)
    assert [one.stop for one in found.removed] == [Stop.FREE]
    assert found.near_misses == ()
