"""« Pourquoi A avant B ? »: the order of two candidates in a sentence, from the parts of their scores."""

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from callcare.matching.rules.facts import Settings
from callcare.matching.rules.order import Standing, why_before
from callcare.matching.rules.scores import Parts
from tests import cast

PLAIN = Parts(covers=250, near=100, urgent=0, waiting=0, fair=100, fresh=50, rest=50, specific=25)


def said(first: Standing, second: Standing) -> str:
    return why_before(first, second, covers=Settings().covers)


def standing(km: int | None = None, *, announced: bool = False, **parts: int) -> Standing:
    return Standing("La filature", replace(PLAIN, **parts), km, announced)


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        (
            standing(6, near=190, covers=200), standing(41, near=118),
            "plus près (6 km au lieu de 41), mais couvre 80 % au lieu de tout.",
        ),
        (standing(fresh=100), standing(), "confirmé plus récemment."),
        (
            standing(rest=50, specific=50), standing(rest=20, specific=25, near=120, covers=250),
            "moins sollicité ces trente jours, utile à moins d’autres besoins, mais moins bien placé.",
        ),
        (standing(41, near=160), standing(6, near=100), "mieux placé."),  # money, the same grouping: not the road
        (standing(30, near=140, covers=250), standing(10, near=180, covers=100),
         "couvre tout au lieu de 40 %, mais plus loin (30 km au lieu de 10)."),
        (standing(), standing(), "à égalité, enregistré le premier."),
        (
            standing(fresh=100, rest=0), standing(),
            "confirmé plus récemment, mais plus sollicité ces trente jours ; à égalité, enregistré le premier.",
        ),
        (standing(covers=10), standing(announced=True), "confirmé, celui-ci reste à confirmer d’abord."),
        (standing(urgent=150, waiting=50), standing(fair=0, waiting=0),
         "attendu plus tôt, moins servi jusqu’ici, demandé depuis plus longtemps."),
    ],
)  # fmt: skip
def test_golden_sentences(first, second, sentence):
    assert said(first, second).replace("\N{NO-BREAK SPACE}", " ") == f"La filature passe avant : {sentence}"


@given(
    st.tuples(*[st.integers(0, 100)] * 8), st.tuples(*[st.integers(0, 100)] * 8), st.none() | st.integers(0, 900),
)  # fmt: skip
def test_the_first_always_has_something_for_her(one, other, km):
    """Whatever the parts: the better of the two is said to be better in something, and nothing is said twice."""
    first, second = sorted(
        (Standing("A", Parts(*one), km), Standing("A", Parts(*other), 7)), key=lambda s: -s.parts.total
    )
    sentence = said(first, second)
    assert sentence.startswith("A passe avant : ")
    assert not sentence.startswith("A passe avant : ,")
    assert ": ." not in sentence
    assert ("à égalité" in sentence) == (first.parts.total == second.parts.total)


@pytest.mark.django_db
def test_the_panel_says_why_the_second_comes_second(client):
    need = cast.need()
    cast.commitment()
    cast.commitment(
        title="Autre lot", organisation=cast.organisation("Maison Lointaine", kind="company"), commune=cast.amiens()
    )
    client.force_login(cast.marion())
    text = client.get(f"/pistes/besoins/{need.ref}/").content.decode()
    assert "Pourquoi cet ordre ?" in text
    assert "passe avant" in text
