"""Several numbers in one cell: none is lost, and one number written with slashes stays one."""

import pytest

from callcare.desk.sheets.repairs import _numbers

FIRST, SECOND = "+33353011201", "+33353011202"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("03 53 01 12 01 ou 03 53 01 12 02", [FIRST, SECOND]),
        ("03.53.01.12.01 / 03.53.01.12.02", [FIRST, SECOND]),
        ("03/53/01/12/01", [FIRST]),
        ("353011201", [FIRST]),
        ("03 53 01 12 01 poste 12", [FIRST]),
    ],
)
def test_no_number_of_a_cell_is_lost(said, meant):
    assert _numbers(said) == meant
