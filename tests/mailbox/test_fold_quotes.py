"""Folding, beyond what the corpus shows: offsets, hints of the HTML, and sentences that only look like quotations."""

import pytest

from callcare.mailbox.rules.quotes import folds, shown
from callcare.mailbox.rules.readings import Fold, FoldKind


def left(text: str, **how) -> str:
    return shown(text, folds(text, **how)).strip()


def test_a_fold_says_exactly_where_it_is():
    text = "Oui.\n\nLe 3 mars 2026, Guichet a écrit :\n> Jeudi ?\n\nMerci\n-- \nJean\n"
    assert [(fold.kind, text[fold.start : fold.end]) for fold in folds(text)] == [
        (FoldKind.QUOTE, "Le 3 mars 2026, Guichet a écrit :\n> Jeudi ?\n"),
        (FoldKind.SIGNATURE, "-- \nJean\n"),
    ]


def test_nothing_is_lost_by_folding():
    text = "Oui.\n> a\n\n> b\n--\nJean"
    folded = "".join(text[fold.start : fold.end] for fold in folds(text))
    assert sorted(folded + shown(text, folds(text))) == sorted(text)


@pytest.mark.parametrize("sentence", [
    "Le 3 mars, Mme Petit nous a écrit :",
    "Le 3 mars, Mme Petit vous a écrit :",
    "Le 3 mars, elle m’a écrit :",
    "Le 3 mars, elle m'a écrit : bonjour",
    "Le maire a écrit :",
    "Le 3 mars on a écrit : rien",
    "On 3 March she wrote:",
    "Le 12 du mois, le président a écrit :",
    "De : la part de Marie",
    "Objet : dix chaises",
    "Message d’origine inconnue",
    "Le message transféré ne s’ouvre pas",
    "-- deux tirets puis des mots",
    "Envoyé hier par la poste",
    "Sent from nobody knows where, the parcel came back. " * 4,
])  # fmt: skip
def test_a_plain_sentence_stays(sentence):
    text = f"Bonjour,\n\n{sentence}\nnous manquons de chaises.\n"
    assert folds(text) == ()


def test_headers_need_a_subject_or_an_address():
    above = "Transport :\n\n"
    assert folds(above + "De : Lille\nÀ : Roubaix\nDate : 3 mars\n") == ()
    assert left(above + "De : Lille\nÀ : Roubaix\nObjet : meubles\nx") == "Transport :"
    assert left(above + "De : a@exemple.test\nÀ : b\nEnvoyé : lundi\nx") == "Transport :"


def test_what_the_html_marks_is_folded_when_something_stands_above():
    text = "Bien reçu.\nGuichet, mardi\nJeudi ?"
    hint = Fold(11, len(text), FoldKind.HISTORY)
    assert left(text, hints=(hint,)) == "Bien reçu."
    assert folds(text, hints=(Fold(0, len(text), FoldKind.HISTORY),)) == ()
    assert folds(text, hints=(Fold(3, len(text), FoldKind.HISTORY),)) == ()  # no line begins there


@pytest.mark.parametrize("subject", ["TR: x", "Tr : x", "Fwd: x", "FW: x", "Re: TR: x"])
def test_a_forwarded_mail_is_the_request(subject):
    text = "Voyez.\n\nDe : a@exemple.test\nEnvoyé : lundi\nObjet : x\n\nDix tables."
    assert folds(text, subject=subject) == ()
    assert left(text, subject="Re: x") == "Voyez."


@pytest.mark.parametrize("rule", ["-----", "________________", "====== ", "- - - - -"])
def test_the_rule_above_goes_with_the_earlier_mail(rule):
    text = f"Oui.\n\n{rule}\n\nDe : a@exemple.test\nEnvoyé : lundi\nObjet : x\n\nJeudi ?"
    assert left(text) == "Oui."


def test_a_long_signature_is_text():
    text = "Bonjour\n-- \n" + "une ligne\n" * 60
    assert folds(text) == ()


def test_beyond_twenty_thousand_lines_nothing_is_looked_at():
    text = "a\n" * 20_000 + "> b\n"
    assert folds(text) == ()
