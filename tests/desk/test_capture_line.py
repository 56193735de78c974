"""The capture line: the golden table, and what holds for any text whatever."""

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings as hypothesis_settings, strategies as st

from callcare.desk.capture import founding_vocabulary, packaged_places
from callcare.desk.data import capture_lines
from callcare.desk.rules.capture import Captured, read
from callcare.desk.rules.capture.tokens import cut

TODAY = date(2021, 4, 6)  # a Tuesday


def table(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (Path(__file__).parent / name).read_text("utf-8").splitlines()]


GOLDEN = table("capture_lines.jsonl")
BY_HAND = table("capture_by_hand.jsonl")  # expected before any reading, by somebody who did not look at the answers
KEYS = (
    "side", "kind", "category", "quantity", "unit", "amount_cents", "commune", "from", "until", "every", "audience",
    "mode", "title",
)  # fmt: skip


def said(line: str, today: date = TODAY) -> Captured:
    return read(line, today=today, words=founding_vocabulary(), places=packaged_places())


@pytest.mark.parametrize("row", GOLDEN, ids=[row["line"][:60] for row in GOLDEN])
def test_the_golden_table(row):
    it = said(row["line"])
    found = {key: value for key, value in it.as_json().items() if value is not None}
    found |= {"people": it.people} if it.people else {}
    found |= {"urgent": True} if it.urgent else {}
    assert found == row["says"]


@pytest.mark.parametrize("row", BY_HAND, ids=[row["line"][:60] for row in BY_HAND])
def test_what_operators_type_is_read_as_the_specification_says(row):
    assert {key: value for key, value in said(row["line"]).as_json().items() if value is not None} == row["says"]


def test_the_answer_has_exactly_the_public_keys_in_their_order():
    assert tuple(said("").as_json()) == KEYS
    assert tuple(said("12 PC Lille").as_json()) == KEYS


def words(text: str) -> list[str]:
    return [token.raw for token in cut(text) if token.is_word or token.is_number]


def left_over(line: str, it: Captured) -> list[str]:
    """The words of the line that stand in no chip, in their order."""
    spans = [chip.span for chip in it.chips if not chip.stays]
    return [
        token.raw
        for token in cut(line)
        if (token.is_word or token.is_number) and not any(a <= token.start and token.end <= b for a, b in spans)
    ]


ALL = " ".join(row["line"] for row in GOLDEN + BY_HAND) + " « » \" ( ) : x , . - ' # @ !"
KNOWN = st.sampled_from(sorted(set(ALL.split())))
SENTENCES = st.lists(KNOWN | st.text(max_size=4), max_size=25).map(" ".join)


@hypothesis_settings(max_examples=400, deadline=None)
@given(SENTENCES | st.text())
def test_no_word_is_ever_lost(line):
    it = said(line)
    assert words(it.title) == left_over(line, it)
    assert not Counter(words(it.title)) - Counter(words(line))


@example(line="0 H", today=date(2021, 4, 6))
@hypothesis_settings(max_examples=200, deadline=None)
@given(SENTENCES, st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_it_never_raises_and_its_facts_agree(line, today):
    it = said(line, today)
    facts = it.as_json()
    assert (facts["category"] is None) or facts["kind"]
    assert facts["quantity"] is None or facts["quantity"] > 0
    assert facts["amount_cents"] is None or (facts["kind"], facts["unit"]) == ("money", "euro")
    json.dumps(facts)


@hypothesis_settings(max_examples=200, deadline=None)
@given(SENTENCES)
def test_spaces_do_not_matter(line):
    loose = "  " + line.replace(" ", "  ") + " "
    if "  " not in line and "\xa0" not in line:  # the space of thousands is one space
        one, other = said(line).as_json(), said(loose).as_json()
        if not any(word.isdecimal() for word in line.split()):
            assert one == other


@pytest.mark.parametrize("line", ["2 écrans à Béthune pour des lycéens", "dès le 3 août, 5 vélos à Hénin-Beaumont"])
def test_neither_accents_nor_capitals_matter(line):
    plain = line.translate(str.maketrans("éèûàô", "eeuao"))
    facts = said(line).as_json()
    assert said(plain).as_json() == facts
    assert said(line.upper()).as_json() == facts


def test_what_is_missing_is_asked_in_order():
    assert said("bonjour").missing == ("side", "category", "commune")
    assert said("don de 12 PC à Lille").missing == ()
    assert said("3 jours RTT").missing == ("side", "rtt", "commune")


def test_a_homonym_offers_its_choices_and_the_desk_has_its_own():
    doubtful = next(chip for chip in said("5 vélos à Saint-Denis").chips if chip.kind == "commune")
    assert not doubtful.sure
    assert {"93066", "97411"} <= {code for code, _ in doubtful.choices}
    mine = read(
        "5 vélos à Saint-Denis", today=TODAY, words=founding_vocabulary(), places=packaged_places(), near=("93",)
    )
    assert mine.commune == "93066"


def test_a_line_is_one_thing_and_the_operator_is_told_of_the_other():
    assert said("12 PC et 3 imprimantes à Lille").title == "et 3 imprimantes"
    assert "imprimante" in said("12 PC et 3 imprimantes à Lille").notes[0]


def test_a_very_long_text_is_kept_whole():
    long = "12 ordinateurs à Lille " + "et puis encore " * 2000
    it = said(long)
    assert (it.quantity, it.commune) == (12, "59350")
    assert words(it.title) == left_over(long, it)


def test_the_lines_of_the_benchmark_all_say_something():
    lines = capture_lines()
    assert len(lines) >= 200
    assert all(said(line).category for line in lines)
