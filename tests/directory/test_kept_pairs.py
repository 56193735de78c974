"""The kept probable duplicates are those one statement over the whole directory finds, whatever the deeds."""

from contextlib import suppress

import pgtrigger
import pytest
from django.db import connection, transaction
from django.urls import reverse
from hypothesis import given, settings, strategies as st

from callcare.core.deeds import Refused
from callcare.core.edits import Outdated
from callcare.directory import pairs
from callcare.directory.actions import (
    edit_organisation,
    merge_organisations,
    merge_persons,
    record_channel,
    record_organisation,
    record_person,
    retire_channel,
    undo_merge,
)
from callcare.directory.jobs import pair_organisations
from callcare.directory.models import Channel, MergeRecord, Organisation, Person, ProbablePair, Unpaired
from callcare.directory.rules import emails
from tests import cast

pytestmark = pytest.mark.django_db

NAMES = ("Atelier du Canal", "Atelie du Canl", "Canal atelier solidaire", "Filature Verlinde", "Verlinde et fils",
         "Atelier Verlinde", "Canal de Roubaix", "Maison du Canal")  # fmt: skip
SIRENS = ("", "732829320", "552100554")
REACHED = ("03 53 01 12 01", "03 53 01 12 02", "a@canal.test", "b@canal.test", "c@gmail.com", "d@verlinde.test")
USES = ("direct", "shared", "switchboard")
DEEDS = ("record", "edit", "person", "reach", "retire", "merge", "merge_persons", "undo", "compare")

# The rule, as it was asked of every row each time the page was shown.
EVERYTHING = """
WITH live AS (
    SELECT id, siren, commune_id, search_name FROM directory_organisation WHERE merged_into_id IS NULL
), reached AS (
    SELECT coalesce(c.organisation_id, p.organisation_id) AS id, c.kind, c.value, c.use
    FROM directory_channel c LEFT JOIN directory_person p ON p.id = c.person_id
    WHERE c.use <> 'former'
), word AS (
    SELECT id, commune_id, w AS word, count(*) OVER (PARTITION BY commune_id, w) AS n
    FROM (SELECT DISTINCT id, commune_id, w FROM live, regexp_split_to_table(search_name, ' ') w
          WHERE commune_id IS NOT NULL AND length(w) >= 4) each_once
)
SELECT least(a, b), greatest(a, b), reason FROM (
    SELECT a.id AS a, b.id AS b, 'même SIREN' AS reason
    FROM live a JOIN live b ON b.siren = a.siren AND b.id > a.id WHERE a.siren <> ''
    UNION
    SELECT a.id, b.id, CASE a.kind WHEN 'phone' THEN 'même téléphone' ELSE 'même courriel' END
    FROM reached a JOIN reached b ON b.kind = a.kind AND b.value = a.value AND b.id > a.id
    WHERE a.use = 'direct' AND b.use = 'direct'
    UNION
    SELECT a.id, b.id, 'même domaine de courriel'
    FROM reached a JOIN reached b ON split_part(b.value, '@', 2) = split_part(a.value, '@', 2) AND b.id > a.id
    WHERE a.kind = 'email' AND b.kind = 'email' AND split_part(a.value, '@', 2) <> ALL (%(everybodys)s)
    UNION
    SELECT a.id, b.id, 'nom proche'
    FROM word wa JOIN word wb ON wb.commune_id = wa.commune_id AND wb.word = wa.word AND wb.id > wa.id
    JOIN directory_organisation a ON a.id = wa.id JOIN directory_organisation b ON b.id = wb.id
    WHERE wa.n <= %(common)s AND similarity(a.search_name, b.search_name) >= %(near)s
) found
JOIN live one ON one.id = a JOIN live other ON other.id = b
"""


def found():
    """What the rule finds in the rows as they are."""
    said = {}
    with connection.cursor() as cursor:
        asked = {"near": pairs.BROUGHT_TOGETHER, "common": pairs.COMMON, "everybodys": list(emails.EVERYBODYS)}
        cursor.execute(EVERYTHING, asked)
        for one, other, reason in cursor.fetchall():
            said.setdefault((one, other), []).append(reason)
    return {(p.one, p.other): (tuple(p.reasons), p.weight) for p in pairs._judged(said)}


def kept():
    pairs.keep_pairs()
    return {(p.one, p.other): (tuple(p.reasons), p.weight) for p in ProbablePair.objects.all()}


def one_of(rows, n):
    rows = list(rows.order_by("pk"))
    return rows[n % len(rows)] if rows else None


def done(deed, n, m):  # noqa: C901  # one case per deed
    """One deed of the directory, on rows and with facts these two numbers choose."""
    by, live = cast.marion(), Organisation.objects.live()
    house = one_of(live, n)
    facts = {
        "name": NAMES[m % len(NAMES)], "siren": SIRENS[(m // 3) % len(SIRENS)],
        "commune": (cast.roubaix(), cast.lens(), cast.roubaix(), None)[n % 4],
    }  # fmt: skip
    if deed == "record":
        record_organisation(by=by, kind="association", **facts)
    elif deed == "compare":
        pairs.keep_pairs()
    elif deed == "undo":
        if record := one_of(MergeRecord.objects.filter(undone_at=None), n):
            undo_merge(record, by=by, because="deux maisons")
    elif house is None:
        return
    elif deed == "edit":
        edit_organisation(house, by=by, seen=house.version, **facts)
    elif deed == "person":
        record_person(house, by=by, last_name=f"Durand {m % 2}", reach=[REACHED[m % len(REACHED)]])
    elif deed == "reach":
        record_channel(by=by, organisation=house, value=REACHED[m % len(REACHED)], use=USES[(m // 6) % 3])
    elif deed == "retire":
        if channel := one_of(Channel.objects.in_use(), m):
            retire_channel(channel, by=by, because="plus à elle")
    elif deed == "merge":
        merge_organisations(house, one_of(live, m), by=by, because="même maison")
    elif deed == "merge_persons":
        people = Person.objects.live()
        if people.exists():
            merge_persons(one_of(people, n), one_of(people, m), by=by, because="même personne")


@pytest.mark.parametrize("common", [50, 2])
def test_whatever_the_deeds_the_kept_pairs_are_those_of_the_whole_directory(common, monkeypatch):
    monkeypatch.setattr(pairs, "COMMON", common)
    cast.roubaix(), cast.lens(), cast.marion()
    seen = []

    @settings(max_examples=40, deadline=None)
    @given(deeds=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 40), st.integers(0, 40)), max_size=20))
    def holds(deeds):
        here = transaction.savepoint()
        try:
            for n in range(3):
                done("record", n * 2, n)
            for deed in deeds:
                with suppress(Refused, Outdated):
                    done(*deed)
            assert kept() == found()
            seen.append(len(found()))
        finally:
            transaction.savepoint_rollback(here)

    holds()
    assert max(seen) >= 1, "some examples hold pairs"


def test_a_change_nobody_noted_would_be_missed():
    """The control of the property: with the database's notes switched off, the kept pairs are wrong."""
    for change in ("organisation", "channel", "person"):
        here = transaction.savepoint()
        one, other = cast.workshop(), cast.mill()
        claire = cast.claire(one)
        kept()
        with pgtrigger.ignore(*(f"directory.{name}:unpairs" for name in ("Organisation", "Channel", "Person"))):
            if change == "organisation":
                edit_organisation(other, by=cast.marion(), seen=other.version, name=one.name, commune=one.commune)
            elif change == "channel":
                record_channel(by=cast.marion(), organisation=other, value="+33353011201")
            else:
                record_channel(by=cast.marion(), organisation=one, value="+33353011201")
                Person.objects.filter(pk=claire.pk).update(organisation=other)
        assert not Unpaired.objects.exists()
        assert kept() == {} != found(), change
        pairs.keep_pairs()
        transaction.savepoint_rollback(here)


def test_a_word_that_becomes_common_says_nothing_and_speaks_again_when_it_is_rare(monkeypatch):
    monkeypatch.setattr(pairs, "COMMON", 2)
    canal = cast.organisation("Atelier Canal", commune=cast.roubaix())
    twin = cast.organisation("Ateliers Canal", commune=cast.roubaix())
    assert set(kept()) == {(canal.pk, twin.pk)}
    third = cast.organisation("Canal Plus de Liens", commune=cast.roubaix())
    assert kept() == found() == {}
    edit_organisation(third, by=cast.marion(), seen=third.version, name="Secours populaire")
    assert set(kept()) == set(found()) == {(canal.pk, twin.pk)}
    cast.organisation("Canal Plus de Liens", commune=cast.roubaix())
    monkeypatch.setattr(pairs, "_STALE", pairs._STALE.replace("n + changes", "0 * n"))
    assert kept() != found() == {}, "the control: without those who share the word, the old pair stays"


def test_an_unchanged_organisation_is_not_compared_again():
    house = cast.workshop()
    pairs.keep_pairs()
    house.description = "autre"
    cast.enters(house.save)()
    assert not Unpaired.objects.exists()
    assert pairs.keep_pairs() == 0


def test_the_worker_compares_too_and_the_page_of_one_organisation_shows_its_own(client, django_assert_max_num_queries):
    canal = cast.workshop()
    twin = cast.organisation("Asso Atelie du Canal", commune=cast.roubaix())
    far, double = (cast.organisation(name, commune=cast.lens()) for name in ("Secours de Lens", "Secours Lens"))
    assert pairs.have_duplicates([canal.pk]) == set()
    pair_organisations()
    with django_assert_max_num_queries(1):
        assert pairs.have_duplicates([canal.pk, far.pk, 0]) == {canal.pk, far.pk}
    client.force_login(cast.marion())
    whole = client.get(reverse("directory:duplicates")).content.decode()
    assert all(house.ref in whole for house in (canal, twin, far, double))
    own = client.get(reverse("directory:duplicates"), {"fiche": canal.ref}).content.decode()
    assert canal.ref in own
    assert far.ref not in own
    assert client.get(reverse("directory:duplicates"), {"fiche": "O-0"}).status_code == 404
