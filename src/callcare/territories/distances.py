"""How far apart two communes are, as a page says it."""

from callcare.territories.models import Territory
from callcare.territories.rules import Distance, distance_between


def distance(a: Territory, b: Territory) -> Distance | None:
    """As the crow flies, with what it is worth; None where a place is not known."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return None
    return distance_between((a.lat, a.lon, a.precision), (b.lat, b.lon, b.precision), same=a.pk == b.pk)
