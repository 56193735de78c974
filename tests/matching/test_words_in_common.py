"""What a need says in its own words moves a commitment up: stems, short forms, slips; nothing is excluded."""

import pytest
from hypothesis import given, strategies as st

from callcare.config.bench import text
from callcare.matching.rules.texts import agreement, shared, stem, stems


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("électriciennes", "électricien"), ("déménager", "déménagement"), ("plombier", "plomberie"),
        ("infirmières", "infirmier"), ("boulangerie", "boulanger"), ("comptable", "comptabilité"),
        ("maths", "mathématiques"), ("frigos", "réfrigérateur"), ("Vidéos", "video"), ("développeuse", "développeur"),
    ],
)  # fmt: skip
def test_words_of_one_family_have_one_stem(one, other):
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("boxe", "boîte"), ("piano", "plan"), ("homme", "femme"), ("37", "38")])
def test_other_words_do_not(one, other):
    assert stem(one) != stem(other)
    assert agreement(one, other) == 0


def test_the_words_of_the_need_count_and_small_words_do_not():
    assert stems("une salle pour la danse, avec des miroirs") == ("sall", "dans", "miroir")
    assert agreement("salle de danse", "Danse : salle avec miroirs") == 100
    assert agreement("salle de danse", "Salle de classe") == 50
    assert agreement("salle de danse", "Cuisine") == 0
    assert agreement("", "Cuisine") == agreement("pour des jeunes", "Cuisine") == agreement("salle", "") == 0


def test_a_slip_in_a_long_word_and_a_word_begun_are_heard():
    assert 0 < agreement("débrousailleuse", "débroussailleuse thermique") < 100
    assert 0 < agreement("salle de hand", "salle de handball") <= 100
    assert agreement("botte", "patte") == 0


def test_what_is_shared_is_said_as_it_is_written():
    assert shared("matériel de boxe pour le club", "Gants de boxe et sacs de frappe") == ("boxe",)
    assert shared("vélo", "guitare") == ()


@given(st.text(max_size=60), st.text(max_size=60))
def test_it_never_raises_and_stays_between_nothing_and_all(one, other):
    assert 0 <= agreement(one, other) <= 100
    assert agreement(one, one) in {0, 100}
    shared(one, other)


def test_words_put_the_commitment_that_is_meant_first():
    for is_kept in (False, True):
        some = [pair for pair in text.pairs() if pair.is_kept is is_kept]
        assert text.mean_rank(some, by_text=True) >= 0.93
        assert text.mean_rank(some, by_text=False) < 0.6


def test_the_mean_rank_knows_ties():
    """Of three in any order, one meant: 1, 1/2 and 1/3 alike."""
    pair = text.Pair("x", [("a", True), ("b", False), ("c", False)])
    assert text.mean_rank([pair], by_text=False) == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    pair.commitments.append(("d", True))  # two of four: 1 half the time, 1/2 a third, 1/3 a sixth
    assert text.mean_rank([pair], by_text=False) == pytest.approx(1 / 2 + 1 / 6 + 1 / 18)
