"""The communes in memory, for those who read a line of French word by word."""

from functools import cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from callcare.territories.models import PostCode, Territory
from callcare.territories.rules import Gazetteer, Place


@cache
def gazetteer() -> Gazetteer:
    """Every commune of the database, read once by each process (about 0.4 s for France).

    After an import, other processes read the new names when they start again; `forget()` empties this one's copy.
    """
    codes = PostCode.objects.filter(commune=OuterRef("pk")).order_by("code").values("code")
    rows = Territory.objects.communes().values_list(
        "code", "name", "departement__code", "population", "lat", "lon", "other_names", ArraySubquery(codes)
    )
    return Gazetteer(
        (Place(code, name, departement or "", population, lat, lon), postcodes, others)
        for code, name, departement, population, lat, lon, others, postcodes in rows
    )


def forget() -> None:
    """The communes have changed: read them again next time."""
    gazetteer.cache_clear()
