"""What is wrong with an identifier is said in words."""

import pytest
from hypothesis import given, strategies as st
from stdnum import luhn

from callcare.directory.rules import Wrong, emails, identifiers, names


def test_good_ones_are_kept_without_their_spaces():
    assert identifiers.siren("732 829 320") == "732829320"
    assert identifiers.siret("732.829.320 00074") == "73282932000074"
    assert identifiers.rna(" w592001234 ") == "W592001234"
    assert identifiers.rna("W2A1000123") == "W2A1000123"
    assert identifiers.siren("") == identifiers.siret(" ") == identifiers.rna("") == ""


def test_la_poste_has_its_own_key():
    assert identifiers.siret("35600000049837") == "35600000049837"
    assert identifiers.siret("35600000000048") == "35600000000048"


@pytest.mark.parametrize(
    ("check", "text", "said"),
    [
        (identifiers.siret, "7328293200007", "Il manque un chiffre"),
        (identifiers.siret, "732829320", "Il manque 5 chiffres"),
        (identifiers.siret, "732829320000741", "un chiffre de trop"),
        (identifiers.siret, "73282932000075", "clé ne correspond pas"),
        (identifiers.siret, "35600000049838", "clé ne correspond pas"),
        (identifiers.siret, "7328293200007A", "que des chiffres"),
        (identifiers.siren, "732829321", "clé ne correspond pas"),
        (identifiers.siren, "73282932000", "2 chiffres de trop"),
        (identifiers.rna, "592001234", "commence par la lettre W"),
        (identifiers.rna, "W59200123", "Il manque un chiffre"),
        (identifiers.rna, "W5920012A4", "suivie de 9 chiffres"),
    ],
)
def test_a_wrong_one_says_what_is_wrong(check, text, said):
    with pytest.raises(Wrong, match=said):
        check(text)


@given(st.integers(0, 99_999_999), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(body, place, shift):
    right = f"{body:08}{luhn.calc_check_digit(f'{body:08}')}"
    assert identifiers.siren(right) == right
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    with pytest.raises(Wrong):
        identifiers.siren(wrong)


@pytest.mark.parametrize(
    "text",
    ["claire@canal.test", " Claire@Canal.Test ", "Claire Delattre <claire@canal.test>", "mailto:claire@canal.test"],
)
def test_an_address_has_one_form(text):
    assert emails.address(text) == "claire@canal.test"


@pytest.mark.parametrize(
    ("text", "said"),
    [("claire.canal.test", "Il manque le « @ »"), ("claire@@canal.test", "qu’un « @ »"), ("claire@canal", "la fin"),
     ("cla ire@canal.test", "espace"), ("claire@canal..test", "correctement"), ("@canal.test", "correctement")],
)  # fmt: skip
def test_a_wrong_address_says_what_is_wrong(text, said):
    with pytest.raises(Wrong, match=said):
        emails.address(text)


def test_everybodys_provider_is_nobodys_domain():
    assert emails.domain("claire@canal.test") == "canal.test"
    assert emails.domain("claire@gmail.com") == ""


def test_names_are_compared_without_their_clothes():
    assert names.same("SAS Filature Verlinde", "filature verlinde")
    assert names.same("Association de l’Épeule", "EPEULE (asso)")
    assert names.same("Canal Atelier", "Atelier du Canal")
    assert not names.same("Atelier du Canal", "Atelier du Port")
    assert names.words("SARL") == ["sarl"]
    assert (
        names.likeness("Atelier du Canal", "Atelie du Canl")
        > 0.6
        > names.likeness("Atelier du Canal", "Mission locale")
    )


@given(st.text("abcdefgh", min_size=5, max_size=12), st.data())
def test_one_slip_meets_the_word_under_a_common_key(word, data):
    kept = {word[:n][:i] + word[:n][i + 1 :] for n in range(4, min(len(word), 8) + 1) for i in range(n)}
    kept |= {word[:n] for n in range(4, min(len(word), 8) + 1)}
    place = data.draw(st.integers(0, len(word) - 2))
    letter = data.draw(st.sampled_from("abcdefgh"))
    missing = word[:place] + word[place + 1 :]
    added = word[:place] + letter + word[place:]
    changed = word[:place] + letter + word[place + 1 :]
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    for typed in (missing, added, changed, swapped):
        assert names.spellings(typed) & kept
