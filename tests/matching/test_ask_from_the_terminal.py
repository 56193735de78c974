"""`./callcare candidates REF`: the same answer as beside the need, in plain lines."""

import io

import pytest
from django.core.management import CommandError, call_command

from tests import cast

pytestmark = pytest.mark.django_db


def told(ref: str) -> str:
    out = io.StringIO()
    call_command("candidates", ref, stdout=out)
    return out.getvalue()


def test_a_need_is_told_who_could_answer_and_a_commitment_whom_it_would_help():
    need, mill = cast.need(), cast.commitment()
    assert "Filature Verlinde · Lille : couvre les 12, à 11 km" in told(need.ref)
    assert "Atelier du Canal · Roubaix : couvre les 12" in told(mill.ref)


def test_nothing_of_that_reference():
    with pytest.raises(CommandError, match="Aucun besoin ni engagement"):
        told("B-0000-000")
