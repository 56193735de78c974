"""« Tableurs »: a file is handed over, seen line by line, written once, or given up."""

import threading
from io import BytesIO

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from callcare.config.imports import batches
from callcare.core.deeds import Refused, deed, timeline
from callcare.desk.enums import DeskVerb, ImportState
from callcare.desk.models import ImportBatch
from callcare.needs.models import Need
from tests import cast
from tests.imports.stage import GOOD, HEADER, as_csv, as_xlsx, counts, set_up
from tests.imports.test_import_a_file import BROKEN
from tests.queries import same_number_of_queries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stage():
    set_up()


@pytest.fixture
def marion(client):
    client.force_login(cast.marion())
    return client


def upload(browser, raw, name="besoins.csv", what="needs", **more):
    file = BytesIO(raw)
    file.name = name
    facts = {"what": what, "desk": cast.lille_desk().pk, "file": file}
    return browser.post(reverse("config:table-receive"), facts | more)


def handed_over(browser, raw, **more) -> ImportBatch:
    answer = upload(browser, raw, **more)
    assert answer.status_code == 302, answer.content.decode()
    return ImportBatch.objects.latest("pk")


def page_of(browser, batch, query="") -> str:
    return browser.get(reverse("config:table", args=[batch.ref]) + query).content.decode()


def test_the_empty_page_says_what_to_do(marion):
    page = marion.get(reverse("config:tables")).content.decode()
    assert "Aucun tableur déposé" in page
    assert "Lire à blanc" in page


def test_a_file_is_read_without_writing_then_written(marion):
    before = counts()
    batch = handed_over(marion, as_xlsx([HEADER, *GOOD]), name="besoins.xlsx")
    assert Need.objects.count() == 0
    after = {label: number for label, number in counts().items() if before[label] != number}
    assert set(after) == {"desk.ImportBatch", "desk.ImportBatchEvent", "context", "pghistory.Context"} & set(after)
    page = page_of(marion, batch)
    assert "Rien n’est encore écrit" in page
    assert "Enregistrer le besoin « ordinateurs portables pour lycéens »" in page
    answer = marion.post(reverse("config:table-writing", args=[batch.ref]), follow=True)
    assert "C’est écrit : 3 lignes." in answer.content.decode()
    assert Need.objects.count() == 3
    assert set(Need.objects.values_list("owner", flat=True)) == {cast.marion().pk}
    batch.refresh_from_db()
    assert (batch.state, batch.lines, batch.errors) == (ImportState.APPLIED, 3, 0)
    assert "Ce tableur est écrit" in page_of(marion, batch)


def test_what_is_wrong_stands_beside_its_line_and_column(marion):
    batch = handed_over(marion, as_csv(BROKEN))
    page = page_of(marion, batch)
    assert "3 lignes sur 5 à corriger" in page
    assert "<strong>SIRET</strong> : La clé ne correspond pas" in page
    assert "La clé ne correspond pas : un chiffre est faux, ou deux sont inversés." in page
    only = page_of(marion, batch, "?lignes=erreur")
    assert "On ne lit pas de nombre dans « beaucoup »" in only
    assert "ordinateurs portables pour lycéens" not in only


def test_one_wrong_line_and_nothing_is_written_unless_only_the_good_ones_are_wanted(marion):
    batch = handed_over(marion, as_csv(BROKEN))
    address = reverse("config:table-writing", args=[batch.ref])
    answer = marion.post(address)
    assert answer.status_code == 422
    assert "3 lignes à corriger : rien n’est écrit." in answer.content.decode()
    assert (Need.objects.count(), ImportBatch.objects.get().state) == (0, ImportState.READ)
    answer = marion.post(address, {"partial": "on"}, follow=True)
    assert "C’est écrit : 2 lignes. 3 lignes restent à corriger." in answer.content.decode()
    assert Need.objects.count() == 2
    back = marion.get(reverse("config:table-refused", args=[batch.ref]))
    assert back["Content-Disposition"] == f'attachment; filename="a-corriger-{batch.ref}.csv"'
    assert back.content.decode("utf-8-sig").count("\n") == 4


def test_a_very_large_quantity_is_asked_about_in_the_words_of_the_page(marion):
    row = ["Atelier du Canal", "", "", "", "", "ordinateurs portables", "5 000", "", "Roubaix"]
    batch = handed_over(marion, as_csv([HEADER, row]))
    page = page_of(marion, batch)
    assert "cochez « Les très grandes quantités sont voulues »" in page
    assert "--yes-large" not in page
    marion.post(reverse("config:table-writing", args=[batch.ref]), {"yes_large": "on"})
    assert Need.objects.get().lines.get().qty_requested == 5000


def test_the_same_file_twice_is_refused_with_who_and_when(marion):
    raw = as_csv([HEADER, *GOOD])
    batch = handed_over(marion, raw)
    assert handed_over(marion, raw, name="copie.csv") == batch, "waiting: found again"
    marion.post(reverse("config:table-writing", args=[batch.ref]))
    answer = upload(marion, raw, name="copie.csv")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Ce fichier a déjà été écrit le" in page
    assert "(besoins.csv, déposé par Marion)" in page
    again = marion.post(reverse("config:table-writing", args=[batch.ref]), follow=True)
    assert "Ce fichier a déjà été écrit" in again.content.decode()
    assert (Need.objects.count(), ImportBatch.objects.count()) == (3, 1)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "Ce fichier est vide."),
        (b"%PDF-1.7 nothing", "Ce fichier n’est pas un tableau."),
        (as_xlsx([HEADER, *GOOD])[:400], "Ce fichier est abîmé"),
        (as_csv([HEADER]), "Ce tableau n’a aucune ligne sous ses titres"),
        (b"Structure;Besoin\n" + b"a;b\n" * 1001, "1\u202f001 lignes, 1\u202f000 au plus dans cette page"),
        (b"a" * 10_000_001, "Ce fichier dépasse 10 Mo."),
    ],
)
def test_a_file_that_is_no_table_gets_its_sentence_beside_the_field(marion, raw, sentence):
    before = counts()
    answer = upload(marion, raw)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert 'aria-invalid="true"' in page
    assert "Erreur : " in page
    assert counts() == before


def test_no_file_and_another_desk_are_refused_by_the_form(marion):
    answer = marion.post(reverse("config:table-receive"), {"what": "needs", "desk": cast.lille_desk().pk})
    assert (answer.status_code, "Choisissez un fichier." in answer.content.decode()) == (422, True)
    assert upload(marion, as_csv([HEADER, *GOOD]), desk=cast.amiens_desk().pk).status_code == 422
    assert ImportBatch.objects.count() == 0


def test_a_file_given_up_keeps_its_trace_and_loses_its_bytes(marion):
    raw = as_csv([HEADER, *GOOD])
    batch = handed_over(marion, raw)
    marion.post(reverse("config:table-giving-up", args=[batch.ref]))
    batch.refresh_from_db()
    assert (batch.state, bytes(batch.raw), batch.report) == (ImportState.DROPPED, b"", {})
    assert "abandonné" in page_of(marion, batch)
    assert handed_over(marion, raw).pk != batch.pk, "it may come again"


def test_a_steward_reads_and_does_not_write(client, marion):
    batch = handed_over(marion, as_csv([HEADER, *GOOD]))
    client.force_login(cast.stephane())
    assert batch.file_name in client.get(reverse("config:tables")).content.decode()
    page = page_of(client, batch)
    assert "Enregistrer le besoin" in page
    assert "Abandonner ce tableur" not in page
    assert client.post(reverse("config:table-writing", args=[batch.ref])).status_code == 403
    with pytest.raises(Refused, match="ne tenez pas"):
        batches.apply_batch(batch, by=cast.stephane())


def test_the_list_costs_the_same_for_one_and_for_five(marion):
    def hand_over(quantity):
        handed_over(marion, as_csv([HEADER, [*GOOD[0][:6], quantity, *GOOD[0][7:]]]))

    with same_number_of_queries() as measure:
        hand_over(5)
        marion.get(reverse("config:tables"))  # the first page of a session fills its caches
        measure(lambda: marion.get(reverse("config:tables")))
        for quantity in (6, 7, 8, 9):
            hand_over(quantity)
        measure(lambda: marion.get(reverse("config:tables")))


def test_the_database_itself_refuses_the_same_bytes_twice():
    facts = {"desk": cast.lille_desk(), "what": "needs", "sha256": "1" * 64, "file_name": "a.csv", "raw": b"a"}
    with deed(DeskVerb.IMPORT_RECEIVED, by=None):
        ImportBatch.objects.create(**facts)
        with pytest.raises(IntegrityError, match="import_file_once"), transaction.atomic():
            ImportBatch.objects.create(**facts)
        with (
            connection.cursor() as cursor,
            transaction.atomic(),
        ):  # the negative control: without the index, it is taken
            cursor.execute("DROP INDEX import_file_once")
            ImportBatch.objects.create(**facts)
            transaction.set_rollback(True)
        with pytest.raises(IntegrityError, match="import_applied_iff_applied"), transaction.atomic():
            ImportBatch.objects.create(**facts | {"sha256": "2" * 64, "state": ImportState.APPLIED})
        with pytest.raises(IntegrityError, match="import_dropped_keeps_nothing"), transaction.atomic():
            ImportBatch.objects.create(**facts | {"sha256": "3" * 64, "state": ImportState.DROPPED})


@pytest.mark.django_db(transaction=True)
def test_the_history_says_who_handed_it_over_and_who_wrote_it(marion):
    batch = handed_over(marion, as_csv([HEADER, *GOOD]))
    marion.post(reverse("config:table-writing", args=[batch.ref]))
    batch.refresh_from_db()
    told = [(line.said, line.by) for line in timeline(batch)]
    me = cast.marion().pk
    assert told == [("a déposé le tableur", me), ("a écrit le tableur", me)]
    assert {event.pgh_context.metadata["verb"] for event in Need.objects.first().events.all()} == {"import.applied"}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_who_write_at_once_write_once(marion):
    batch = handed_over(marion, as_csv([HEADER, *GOOD]))
    said = []
    start = threading.Barrier(2)

    def write():
        mine = ImportBatch.objects.get(pk=batch.pk)
        start.wait()
        try:
            batches.apply_batch(mine, by=cast.marion())
            said.append("written")
        except Refused as refusal:
            said.append(str(refusal))
        finally:
            connection.close()

    both = [threading.Thread(target=write) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert said.count("written") == 1, said
    assert Need.objects.count() == 3
