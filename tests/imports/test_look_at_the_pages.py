"""The page of spreadsheets in a real browser: with and without scripts, light and dark, wide and 320 pixels."""

import os
from pathlib import Path

import pytest
from django.urls import reverse

from callcare.needs.models import Need
from tests import cast
from tests.browser import DESKTOP, SMALL, look
from tests.imports.stage import as_csv, set_up
from tests.imports.test_import_a_file import BROKEN

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SEEN = os.environ.get("CALLCARE_PICTURES")  # a folder: keep what was seen


@pytest.mark.parametrize(
    ("window", "dark", "scripts"),
    [(DESKTOP, False, True), (SMALL, True, False)],
    ids=["wide, light", "320 pixels, dark, without scripts"],
)
def test_she_hands_a_file_over_sees_its_lines_and_writes_the_good_ones(
    as_person, live_server, tmp_path, window, dark, scripts
):
    set_up()
    table = tmp_path / "besoins du réseau.csv"
    table.write_bytes(as_csv(BROKEN))
    page = as_person(cast.marion(), window=window, dark=dark, scripts=scripts)

    def seen(name):
        page.said[:] = [words for words in page.said if "422" not in words]  # the browser tells every refusal
        if scripts:
            look(page)
        if SEEN:
            page.screenshot(path=Path(SEEN) / f"{name}-{window['width']}.png", full_page=True)

    page.goto(live_server.url + reverse("config:tables"))
    seen("1-vide")
    page.get_by_role("button", name="Lire à blanc").click()
    assert page.get_by_text("Choisissez un fichier.").first.is_visible()
    seen("2-sans-fichier")
    page.get_by_label("Fichier").set_input_files(table)
    page.get_by_role("button", name="Lire à blanc").click()
    page.get_by_role("heading", name="Rien n’est encore écrit").wait_for()
    seen("3-lu")
    page.get_by_label("Écrire seulement les bonnes lignes").check()
    page.get_by_role("button", name="Écrire", exact=True).click()
    page.get_by_role("heading", name="Ce tableur est écrit").wait_for()
    seen("4-ecrit")
    assert Need.objects.count() == 2
    page.goto(live_server.url + reverse("config:tables"))
    seen("5-liste")
