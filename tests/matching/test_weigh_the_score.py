"""A steward sets what each part of the score is worth: tried first, kept in history, and the same for every engine."""

import random
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings, strategies as st

from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.matching import actions, candidates, engines
from callcare.matching.candidates import candidates_for_need, needs_for_commitment
from callcare.matching.lines import this_day, wanted_by
from callcare.matching.memory import Copy
from callcare.matching.models import Weights
from callcare.matching.rules import filters, scores
from callcare.matching.rules.facts import WEIGHTS, Settings
from callcare.matching.rules.weighing import ALL, PARTS, wrong
from callcare.matching.weights import USUAL, in_force
from tests import cast
from tests.matching.test_trust_the_ranking import LIMIT, House, from_a_copy, some_lines, told

pytestmark = pytest.mark.django_db
HOUSE = {name: getattr(USUAL, name) for name in WEIGHTS}
NEARER = HOUSE | {"near": 35, "covers": 10}


def setting(points=NEARER, **over):
    said = {"seen": None, "by": cast.stephane(), "because": "Les trajets coûtent trop."}
    return actions.set_weights(points, **said | over)


def drawn(seed: int) -> dict[str, int]:
    """Weights that may be set: any point beyond the floors goes somewhere it may go."""
    pick = random.Random(seed)  # noqa: S311
    points = {name: part.least for name, part in PARTS.items()}
    while (left := ALL - sum(points.values())) > 0:
        name = pick.choice([name for name in WEIGHTS if points[name] < PARTS[name].most])
        points[name] += pick.randint(1, min(left, PARTS[name].most - points[name]))
    return points


# the rule


def test_the_rules_own_numbers_may_be_set_and_change_nothing():
    assert wrong(HOUSE) == ""
    assert USUAL.weighed(HOUSE) == USUAL
    assert sum(HOUSE.values()) == ALL


def test_what_is_a_part_of_a_weight_follows_it():
    doubled = USUAL.weighed(HOUSE | {"near": 40, "fresh": 20})
    assert (doubled.near_same_epci, doubled.near_unknown, doubled.fresh_fading) == (32, 16, 10)


def test_every_part_says_what_more_of_it_does():
    assert set(PARTS) == set(WEIGHTS)
    assert all(part.does.startswith("Plus haut : ") and part.does.endswith(".") for part in PARTS.values())


@given(seed=st.integers(0, 10_000))
def test_no_score_leaves_its_hundred_points(seed):
    points = drawn(seed)
    assert wrong(points) == ""
    assert sum(points.values()) == ALL


# the deed


def test_set_they_hold_for_all_lists_and_stay_in_history():
    made = setting()
    assert in_force() == USUAL.weighed(NEARER)
    assert (made.by, made.because) == (cast.stephane(), "Les trajets coûtent trop.")
    assert made.events.get().pgh_context.metadata["verb"] == "weights.set"


def test_an_earlier_set_is_taken_back_as_a_new_deed():
    first = setting()
    second = setting(HOUSE, seen=first.pk, because="Retour.")
    third = setting(first.points, seen=second.pk, because="Finalement non.")
    assert in_force() == USUAL.weighed(NEARER)
    assert list(Weights.objects.order_by("pk").values_list("is_in_force", flat=True)) == [False, False, True]
    assert third.pk not in {first.pk, second.pk}


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (HOUSE | {"near": 41, "covers": 4}, "vaut entre"),
        (HOUSE | {"near": 30}, "110 points"),
        (HOUSE | {"fair": 0, "near": 30}, "« équité entre demandeurs » vaut entre 5 et 30"),
    ],
)
def test_what_cannot_be_is_refused_in_words(points, said):
    with pytest.raises(Refused, match=said):
        setting(points)
    assert not Weights.objects.exists()


def test_only_who_steers_sets_them():
    for somebody in (cast.marion(), cast.ada(), cast.samir()):
        with pytest.raises(Refused, match="pilote"):
            setting(by=somebody)


def test_who_saw_others_is_told_so():
    first = setting()
    with pytest.raises(Refused, match="vient de changer"):
        setting(HOUSE, seen=None)
    assert Weights.objects.get(is_in_force=True) == first


# the database


def row(**over):
    return Weights(**HOUSE | {"by": cast.stephane(), "because": "essai"} | over)


@pytest.mark.parametrize(
    ("over", "constraint"),
    [
        ({"near": 41, "covers": 4}, "weights_(near|covers)_bounded"),
        ({"fair": 4, "near": 26}, "weights_fair_bounded"),
        ({"near": 21}, "weights_make_a_hundred"),
    ],
)
def test_the_database_keeps_the_bounds_itself(over, constraint):
    with pytest.raises((IntegrityError, Refused)) as refused, deed(cast.CastVerb.ENTERS, by=None):
        row(**over).save()
    assert re.search(constraint, str(refused.value.__cause__ or refused.value))


def test_within_the_bounds_it_takes_them():
    """The negative control of the one above."""
    with deed(cast.CastVerb.ENTERS, by=None):
        row(near=21, covers=24).save()


def test_the_database_keeps_one_set_in_force():
    setting()
    with pytest.raises(Refused, match="vient de changer"), deed(cast.CastVerb.ENTERS, by=None):
        row().save()
    with deed(cast.CastVerb.ENTERS, by=None):
        row(is_in_force=False).save()


@pytest.mark.django_db(transaction=True)
def test_outside_a_deed_nobody_sets_them():
    new = row()
    with pytest.raises(IntegrityError), transaction.atomic():
        new.save()


# the engines


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_all_engines_follow_whatever_weights_are_in_force(seed, monkeypatch):
    monkeypatch.setattr("callcare.matching.candidates.APART", LIMIT)
    cast.lille_desk().neighbours.add(cast.amiens_desk())
    some_lines(seed, 24)
    with deed(cast.CastVerb.ENTERS, by=None):
        Weights.objects.all().delete()
    setting(drawn(seed))
    house, copy, today = House(), Copy(), this_day()
    for line in house.needs:
        wanted = wanted_by(line)
        truth = house.ranking(wanted, line.need.desk)
        for way in (engines.by_statement, from_a_copy(copy), engines.by_rule):
            assert told(candidates_for_need(wanted, today=today, limit=LIMIT, engine=way)) == truth
    wants = [wanted_by(line) for line in house.needs]
    for offered in house.offers:
        found = needs_for_commitment(offered, today=today, limit=LIMIT)
        assert [(one.line, one.tenths) for one in found.candidates] == _by_rule(offered, wants, house)


def _by_rule(offered, wants, house):
    today, by, ranked = this_day(), in_force(), []
    for wanted in wants:
        stops = filters.stops(wanted, offered, today=today, settings=by, pair=house.pair(wanted, offered))
        if wanted.desk == offered.desk and not stops:
            total = scores.fit(wanted, offered, today=today, settings=by).parts.total
            ranked.append((-total, wanted.opened_on, wanted.line))
    return [(line, -total) for total, _, line in sorted(ranked)]


def test_an_engine_that_keeps_the_old_weights_is_found_out(monkeypatch):
    """The negative control of the one above."""
    monkeypatch.setattr("callcare.matching.candidates.APART", LIMIT)
    some_lines(3, 24)
    setting(drawn(3))
    house, today = House(), this_day()
    truth = [house.ranking(wanted_by(line), line.need.desk) for line in house.needs]
    monkeypatch.setattr(candidates, "in_force", lambda: USUAL)
    said = [told(candidates_for_need(wanted_by(line), today=today, limit=LIMIT)) for line in house.needs]
    assert said != truth


def test_a_copy_in_memory_made_before_sees_the_change():
    cast.need()
    cast.commitment(organisation=cast.organisation("Près", kind="company"), qty=6, commune=cast.roubaix())
    cast.commitment(organisation=cast.organisation("Loin", kind="company"), commune=cast.lens())
    wanted, copy, today = wanted_by(House().needs.get()), Copy(), this_day()
    by_copy = from_a_copy(copy)

    def first(way) -> str:
        return candidates_for_need(wanted, today=today, engine=way).candidates[0].organisation_name

    before = first(by_copy)
    setting(HOUSE | {"near": 40, "covers": 5})
    assert first(by_copy) == first(engines.by_statement) == "Près"
    assert before == "Loin"


# the page


@pytest.fixture
def stephane(client):
    client.force_login(cast.stephane())
    return client


PAGE = "/pistes/ponderations/"


def text(response) -> str:
    return response.content.decode()


def test_the_page_says_what_each_part_does_and_what_holds(stephane):
    page = text(stephane.get(PAGE))
    assert "Plus haut : les plus proches passent avant les mieux pourvus." in page
    assert "De 0 à 40 points." in page
    assert "Au départ" in page


def test_tried_first_it_shows_both_orders_and_writes_nothing(stephane):
    cast.need()
    cast.commitment(organisation=cast.organisation("Près", kind="company"), qty=6, commune=cast.roubaix())
    cast.commitment(organisation=cast.organisation("Loin", kind="company"), commune=cast.lens())
    said = HOUSE | {"near": 40, "covers": 5, "because": "essai"}
    page = text(stephane.post(PAGE, said | {"deed": "try"}))
    assert "la première piste change pour 1" in page
    assert "1. <b>Près</b>" in page
    assert "Mettre en vigueur" in page
    assert not Weights.objects.exists()
    told = stephane.post(PAGE, said | {"deed": "save"}, follow=True)
    assert "toutes les listes les suivent déjà" in text(told)
    assert Weights.objects.get().near == 40


def test_the_same_weights_change_no_list(stephane):
    """The negative control of the one above."""
    cast.need()
    cast.commitment()
    page = text(stephane.post(PAGE, HOUSE | {"because": "essai", "deed": "try"}))
    assert "aucune première piste ne change" in page


def test_a_sum_that_is_not_a_hundred_is_said_beside_the_field(stephane):
    answer = stephane.post(PAGE, HOUSE | {"near": 30, "because": "essai", "deed": "save"})
    assert answer.status_code == 422
    assert "Les huit parts font 110 points" in text(answer)


def test_an_earlier_set_fills_the_form(stephane):
    with clock.at(clock.datetime(2026, 11, 20, 9, tzinfo=clock.PARIS)):
        first = setting()
    setting(HOUSE, seen=first.pk)
    page = text(stephane.get(f"{reverse('matching:weights')}?version={first.pk}"))
    assert 'name="near" value="35"' in page
    assert "20 novembre" in page


def test_settings_are_the_rules_default():
    assert in_force() == Settings()
