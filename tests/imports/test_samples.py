"""The two tables we ship are read whole, and a second reading writes nothing."""

from pathlib import Path

import pytest
from django.core.management import call_command

from callcare.commitments.models import Commitment
from callcare.needs.models import Need
from tests import cast

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("what", "name", "model"), [("needs", "besoins.xlsx", Need), ("commitments", "engagements.csv", Commitment)]
)
def test_a_sample_is_written_once(what, name, model, capsys):
    call_command("load_communes", departement=["59", "62", "80"], verbosity=0)
    call_command("found_catalogue", verbosity=0)
    cast.lille_desk()
    for _ in range(2):
        call_command("import_file", what, str(SAMPLES / name), apply=True, desk="lille")
        assert model.objects.count() == 200
    assert "déjà importé 200" in capsys.readouterr().out
