import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command

from callcare.catalogue.actions import found_catalogue
from callcare.catalogue.enums import CatalogueVerb
from callcare.catalogue.models import Category
from callcare.core.deeds import deed
from callcare.desk.case_reading import understood
from callcare.territories.gazetteer import forget
from tests import cast

LINE = "12 ordinateurs portables Roubaix avant le 30/04 pour lycéens"


def test_the_line_of_the_issue_without_a_database(capsys):
    call_command("capture", LINE, "une tondeuse", on="2021-04-06")
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == {
        "side": None, "kind": "goods", "category": "laptop", "quantity": 12, "unit": "piece", "amount_cents": None,
        "commune": "59512", "from": None, "until": "2021-04-30", "every": None, "audience": "school", "mode": None,
        "title": "",
    }  # fmt: skip
    assert second["category"] == "lawn_mower"


def test_lines_come_from_standard_input_too(capsys, monkeypatch):
    typed = io.TextIOWrapper(io.BytesIO("une tondeuse à Lens\n\nvélo".encode()))
    monkeypatch.setattr(sys, "stdin", typed)
    call_command("capture", on="2021-04-06")
    out = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["category"] for row in out] == ["lawn_mower", None, "bicycle"]


def test_a_wrong_day_gets_a_sentence():
    with pytest.raises(CommandError, match="AAAA-MM-JJ"):
        call_command("capture", LINE, on="30 avril")


@pytest.mark.django_db
def test_with_the_words_of_the_database(capsys):
    found_catalogue()
    cast.roubaix()
    forget()
    with deed(CatalogueVerb.CATEGORY_EDITED, by=None):
        laptop = Category.objects.get(code="laptop")
        laptop.edit(seen=1, synonyms=[*laptop.synonyms, "bidule"])
    call_command("capture", "12 bidules à Roubaix", on="2021-04-06", database=True)
    said = json.loads(capsys.readouterr().out)
    assert (said["category"], said["quantity"], said["commune"]) == ("laptop", 12, "59512")
    forget()


@pytest.mark.django_db
def test_the_form_of_the_console_is_filled_by_the_line():
    found_catalogue()
    cast.roubaix()
    forget()
    fields = understood("12 ordinateurs portables Roubaix avant le 30/04 pour 15 lycéens", cast.lille_desk())
    forget()
    assert (fields["quantity"], fields["unit"], fields["category"]) == ("12", "piece", "laptop")
    assert (fields["audience"], fields["people_expected"]) == ("school", "15")
    assert fields["commune"].startswith("Roubaix")
