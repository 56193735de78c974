"""`./callcare candidates REF`: the same answer as beside the need, in plain lines."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from tests import cast

pytestmark = pytest.mark.django_db


def told(ref: str, *options: str) -> str:
    out = io.StringIO()
    call_command("candidates", ref, *options, stdout=out)
    return out.getvalue()


def test_a_need_is_told_who_could_answer_and_a_commitment_whom_it_would_help():
    need, mill = cast.need(), cast.commitment()
    assert "Filature Verlinde · Lille : couvre les 12, à 11 km" in told(need.ref)
    assert "Atelier du Canal · Roubaix : couvre les 12" in told(mill.ref)


def test_nothing_of_that_reference():
    with pytest.raises(CommandError, match="Aucun besoin ni engagement"):
        told("B-0000-000")


def test_json_tells_the_parts_of_each_score_and_the_counts():
    need, mill = cast.need(), cast.commitment()
    [line] = json.loads(told(need.ref, "--json", "--engine", "sql"))["lines"]
    [best] = line["candidates"]
    assert best["ref"] == mill.ref
    assert best["tenths"] == sum(best["parts"].values())
    assert best["parts"]["covers"] == 250
    assert line["looked_at"] == 1
    mill.lines.update(qty_withdrawn=F("qty_offered"))
    [line] = json.loads(told(need.ref, "--json"))["lines"]
    assert [(one["filter"], one["count"], one["said"]) for one in line["removed"]] == [("free", 1, "1 épuisé")]
    assert line["near_misses"][0]["missed"]["said"] == "épuisé"


@pytest.mark.django_db(transaction=True)
def test_the_three_engines_say_the_same():
    need, _ = cast.need(), cast.commitment()
    sql, memory, brute = (
        json.loads(told(need.ref, "--json", "--engine", one))["lines"] for one in ("sql", "memory", "brute")
    )
    assert sql == memory == brute
    assert sql[0]["candidates"]


def test_what_cannot_be_asked_is_said(monkeypatch):
    need, mill = cast.need(), cast.commitment()
    with pytest.raises(CommandError, match="seul --engine sql répond"):
        told(mill.ref, "--engine", "memory")
    with pytest.raises(CommandError, match="--limit"):
        told(need.ref, "--limit", "0")
    monkeypatch.setattr("callcare.matching.engines.HAS_NUMPY", False)
    with pytest.raises(CommandError, match="numpy"):
        told(need.ref, "--engine", "memory")
