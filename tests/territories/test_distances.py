"""How far it is from one commune to another."""

import pytest

from callcare.territories.distances import distance
from tests import cast

pytestmark = pytest.mark.django_db


def test_the_distance_between_two_towns_is_said_in_words():
    assert str(distance(cast.lille(), cast.roubaix())) == "environ 11\u00a0km"
    assert str(distance(cast.lille(), cast.lille())) == "tout près"


def test_nothing_is_said_of_a_place_that_is_not_known():
    nowhere = cast.territory("commune", "59999", "Nulle-Part")
    assert distance(cast.lille(), nowhere) is None
    assert distance(nowhere, cast.lille()) is None
