"""The golden corpus: each mail is understood as its expectation says, also through the process apart."""

import json

import pytest

from callcare.mailbox.rules import wire
from callcare.mailbox.rules.reading import read
from tests.mailbox import corpus

MAILS = corpus.golden()


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.name)
def test_a_mail_is_understood_as_written(mail):
    reading = read(mail.raw, corpus.OURS)
    assert corpus.said(reading, list(mail.expected)) == mail.expected
    assert wire.from_json(json.loads(json.dumps(wire.as_json(reading)))) == reading


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.name)
def test_folds_are_in_order_and_within_the_text(mail):
    reading = read(mail.raw, corpus.OURS)
    edges = [edge for fold in reading.folds for edge in (fold.start, fold.end)]
    assert edges == sorted(edges)
    assert not edges or (edges[0] >= 0 and edges[-1] <= len(reading.text))


def test_the_corpus_is_large_and_speaks_of_many_things():
    assert len(MAILS) >= 120
    assert {mail.expected["kind"] for mail in MAILS} == {
        "own", "bounce", "receipt", "auto_reply", "bulk", "spam", "human",
    }  # fmt: skip
