"""The communes in memory, for those who read a line of French word by word."""

from functools import cache

from callcare.territories.models import PostCode, Territory
from callcare.territories.rules import Gazetteer, Place


@cache
def gazetteer() -> Gazetteer:
    """Every commune of the database, read once by each process (about 0.4 s for France).

    After an import, other processes read the new names when they start again; `forget()` empties this one's copy.
    """
    postcodes: dict[int, list[str]] = {}
    for commune, code in PostCode.objects.order_by("code").values_list("commune_id", "code"):
        postcodes.setdefault(commune, []).append(code)
    rows = Territory.objects.communes().values_list(
        "pk", "code", "name", "departement__code", "population", "lat", "lon", "other_names"
    )
    return Gazetteer(
        (Place(code, name, departement or "", population, lat, lon), postcodes.get(pk, []), others)
        for pk, code, name, departement, population, lat, lon, others in rows
    )


def forget() -> None:
    """The communes have changed: read them again next time."""
    gazetteer.cache_clear()
