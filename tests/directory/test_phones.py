"""Telephone numbers as people, mails and sheets write them. Numbers of the ranges kept for fiction."""

import pytest
from hypothesis import given, strategies as st

from callcare.directory.rules import Wrong, phones
from callcare.directory.rules.phones import PhoneKind


@pytest.mark.parametrize(
    "text",
    ["03 53 01 00 00", "03.53.01.00.00", "03/53/01/00/00", "03-53-01-00-00", "+33 (0)3 53 01 00 00",
     "+33 3 53 01 00 00", "0033353010000", "33353010000", "353010000",
     " Tél. : 03 53 01 00 00 ", "03\u202f53\u202f01\u202f00\u202f00"],
)  # fmt: skip
def test_every_spelling_is_one_number(text):
    phone = phones.parse(text)
    assert (phone.value, phone.kind, phone.is_valid) == ("+33353010000", PhoneKind.FIXED, True)
    assert phones.shown(phone.value) == "03 53 01 00 00"


def test_the_extension_is_kept_apart():
    phone = phones.parse("0353010000 poste 12")
    assert (phone.value, phone.extension) == ("+33353010000", "12")


@pytest.mark.parametrize(
    ("text", "value", "kind", "shown"),
    [
        ("3225551212", "+3225551212", "foreign", "+32 2 555 12 12"),
        ("4915799912345", "+4915799912345", "foreign", "+49 1579 9912345"),
        ("0690 00 12 34", "+590690001234", "mobile", "0690 00 12 34"),
        ("0692 12 34 56", "+262692123456", "mobile", "0692 12 34 56"),
        ("3919", "3919", "short", "39 19"),
        ("115", "115", "short", "115"),
        ("3949", "3949", "short", "39 49"),
        ("0 800 123 456", "+33800123456", "free", "0 800 12 34 56"),
    ],
)
def test_numbers_from_elsewhere_and_short_ones(text, value, kind, shown):
    phone = phones.parse(text)
    assert (phone.value, phone.kind, phones.shown(phone.value)) == (value, kind, shown)


@pytest.mark.parametrize("text", ["", "anonymous", "Unknown", "restricted", "private", " "])
def test_a_hidden_number_is_no_number(text):
    assert phones.parse(text).kind == PhoneKind.HIDDEN


@pytest.mark.parametrize("begin", ["0199001", "0261911", "0353011", "0465711", "0536491"])
def test_the_ranges_kept_for_fiction_are_valid(begin):
    assert phones.parse(f"{begin}234").is_valid


def test_a_possible_number_of_no_range_is_kept_with_a_warning():
    phone = phones.parse("06 39 98 12 34")
    assert (phone.value, phone.kind, phone.is_valid) == ("+33639981234", PhoneKind.MOBILE, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("03 53 01", "Il manque des chiffres"),
        ("03 53 01 12 01 99 99", "trop de chiffres"),
        ("masqué", "masqué"),
        ("abc", "0"),
    ],
)
def test_what_cannot_be_dialled_is_refused_in_words(text, said):
    with pytest.raises(Wrong, match=said):
        phones.number(text)


def test_several_numbers_in_a_signature_and_no_siret():
    text = "Claire Delattre\nTél. 03 53 01 12 01 - Mob. +33 6 12 34 56 78\nSIRET 732 829 320 00074"
    assert [phone.value for phone in phones.found_in(text)] == ["+33353011201", "+33612345678"]


@pytest.mark.parametrize(
    ("text", "begins"),
    [("03 53", "+33353"), ("0353011201", "+33353011201"), ("+33 3 53", "+33353"), ("+330353", "+33353"),
     ("0033 353", "+33353"), ("03", ""), ("12", ""), ("atelier", "")],
)  # fmt: skip
def test_an_unfinished_number_is_the_beginning_of_one(text, begins):
    assert phones.typed_so_far(text).startswith(begins)
    assert bool(phones.typed_so_far(text)) == bool(begins)


@given(st.text(max_size=40))
def test_nothing_typed_breaks_it(text):
    phone = phones.parse(text)
    assert phone.value == "" or phones.parse(phone.value).value == phone.value
    phones.shown(text)
