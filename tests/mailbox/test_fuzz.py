"""Damaged mails: no exception, no text that the database refuses, whatever bytes come."""

import os
import random
import time

import pytest
from django.db import DataError, connection, transaction
from hypothesis import example, given, settings, strategies as st

from callcare.mailbox.rules import words
from callcare.mailbox.rules.charsets import decoded, one_line, storable
from callcare.mailbox.rules.correspondents import addresses
from callcare.mailbox.rules.quotes import folds, shown
from tests.mailbox import corpus
from tests.mailbox.fuzzing import PIECES, built, examined, mutant, strings

pieces = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=12)), max_size=40).map(b"".join)


@given(st.integers(min_value=0, max_value=2**32))
@settings(max_examples=600)
def test_a_damaged_mail_is_read(seed):
    examined(mutant(random.Random(seed)))  # noqa: S311  # damage, no secret


@given(pieces)
@settings(max_examples=300)
@example(b"")
@example(b"\0")
def test_a_mail_of_pieces_is_read(raw):
    examined(raw)


@given(pieces)
@settings(max_examples=150)
def test_a_document_of_pieces_in_a_sound_mail_is_read(piece):
    examined(b"From: a@exemple.test\r\nContent-Type: text/html\r\n\r\n<p>Bonjour</p>" + piece)


@given(
    st.binary(max_size=200),
    st.sampled_from(["", "utf-8", "utf-16", "iso-2022-jp", "hz", "utf-7", "rot13", "cp1252", "x"]),
)
@settings(max_examples=200)
def test_any_bytes_become_text(data, declared):
    text, read = decoded(data, declared)
    assert read
    for clean in (storable(text), one_line(text)):
        clean.encode("utf-8")
        assert "\0" not in clean


@given(st.text(max_size=200))
@settings(max_examples=150)
def test_any_header_is_read(value):
    assert "\n" not in words.text_of(value)
    words.parameters(value)
    addresses([value])


lines = st.sampled_from(
    [
        "Bonjour",
        "> a",
        ">> b",
        "",
        "-- ",
        "--",
        "Jean",
        "De : a@b.test",
        "Envoyé : lundi",
        "À : c",
        "Objet : d",
        "_____________",
        "Le 3 mars 2026 à 10:00, a <a@b.test> a écrit :",
        "Le 3 mars 2026 à 10:00, a",
        "a écrit :",
        "-----Message d’origine-----",
        "---------- Message transféré ---------",
        "Envoyé de mon iPhone",
    ]
)


@given(st.lists(lines, max_size=14).map("\n".join), st.sampled_from(["", "TR: x", "Re: x"]))
@settings(max_examples=500)
def test_folding_never_hides_everything(text, subject):
    found = folds(text, subject=subject)
    edges = [edge for fold in found for edge in (fold.start, fold.end)]
    assert edges == sorted(edges)
    if any(char.isalnum() for char in text):
        assert any(char.isalnum() for char in shown(text, found))
    hidden = "".join(text[fold.start : fold.end] for fold in found)
    assert len(hidden) + len(shown(text, found)) == len(text)


@pytest.mark.django_db
def test_what_is_understood_can_be_stored():
    """A real INSERT, as text and as JSON, of everything understood of the corpus and of damaged mails."""
    source = random.Random(2026)  # noqa: S311
    mails = (
        [mail.raw for mail in corpus.golden()]
        + [mutant(source) for _ in range(300)]
        + [built(source) for _ in range(100)]
    )
    texts = list({text for raw in mails for text in strings(examined(raw))})
    assert len(texts) > 1_000
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE said (plain text, wrapped jsonb) ON COMMIT DROP")
        cursor.execute("INSERT INTO said SELECT one, to_jsonb(one) FROM unnest(%s::text[]) AS one", [texts])
        cursor.execute("SELECT count(*) FROM said")
        assert cursor.fetchone() == (len(texts),)


@pytest.mark.django_db
@pytest.mark.parametrize("refused", ["a\0b", "a\ud800b"])
def test_what_cannot_be_stored_would_be_seen(refused):
    """What the database refuses is refused; and our cleaning takes it away."""
    with pytest.raises((DataError, ValueError, UnicodeError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::text", [refused])
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text", [storable(refused)])
        assert cursor.fetchone() == ("a\ufffdb",)


@pytest.mark.campaign
def test_a_long_campaign():
    """CALLCARE_FUZZ_SECONDS of damaged mails, each its own seed from CALLCARE_FUZZ_SEED on; prints how many."""
    seconds = float(os.environ.get("CALLCARE_FUZZ_SECONDS", "60"))
    seed = int(os.environ.get("CALLCARE_FUZZ_SEED", "0"))
    count, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        source = random.Random(seed + count)  # noqa: S311
        raw = mutant(source) if count % 4 else built(source)
        try:
            examined(raw)
        except Exception as error:  # noqa: BLE001  # the seed must be told, whatever went wrong
            pytest.fail(f"seed {seed + count}: {error!r}")
        count += 1
    print(f"{count} executions, seeds {seed} to {seed + count - 1}")
    assert count > 0
