"""Why a letter came back, in words somebody can say on the telephone."""

import pytest

from callcare.mailbox.rules.bounces import _FAMILIES, _REASONS, in_words


@pytest.mark.parametrize(
    ("status", "diagnostic", "said"),
    [
        ("5.1.1", "550 5.1.1 <x@y.test>: Recipient address rejected", "cette adresse n’existe pas"),
        ("5.1.2", "no such domain here", "ce qui suit le « @ » n’existe pas"),
        ("5.2.2", "552 mailbox full", "sa boîte est pleine"),
        ("5.7.1", "550 5.7.1 blocked using a list", "son serveur refuse nos courriers"),
        ("5.7.26", "unauthenticated mail", "son serveur refuse nos courriers"),
        ("5.1.99", "", "l’adresse est refusée"),
        ("5.0.0", "550 No such user here", "cette adresse n’existe pas"),
        ("5.0.0", "552 Requested action aborted: mailbox is full", "sa boîte est pleine"),
        ("5.0.0", "554 Your message looks like spam", "son serveur refuse nos courriers"),
        ("5.0.0", "554 transaction failed", "son serveur l’a refusé"),
        ("", "", "son serveur l’a refusé"),
        ("5", "x", "son serveur l’a refusé"),
    ],
)
def test_in_words(status, diagnostic, said):
    assert in_words(status, diagnostic) == said


def test_every_reason_ends_a_sentence_of_ours():
    for said in (*_REASONS.values(), *_FAMILIES.values()):
        assert said[0].islower()
        assert said[-1] != "."
