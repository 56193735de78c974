"""The stage of the journeys: a catalogue, a few communes, and the two sides, in a database a browser can see."""

import pytest

from callcare.catalogue.actions import found_catalogue
from callcare.territories import gazetteer
from tests import cast

PASSPHRASE = "girafe lampe mardi ruban"


@pytest.fixture
def stage(transactional_db):
    """Forty laptops of the mill in Lille, the workshop of Roubaix, and a desk where Marion and Nathalie work."""
    found_catalogue(by=None)
    for place in (cast.lille, cast.roubaix, cast.wattrelos, cast.lens):
        place()
    gazetteer.forget()
    cast.claire()
    cast.hugo()
    marion, nathalie = cast.marion(), cast.nathalie()
    for somebody in (marion, nathalie):
        somebody.set_password(PASSPHRASE)
        somebody.save(update_fields=["password"])
    yield cast.commitment(40, person=cast.hugo(), public_text="Batteries neuves, à retirer à Lille.")
    gazetteer.forget()
