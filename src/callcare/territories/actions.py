"""What is done to the communes: they are loaded from the packaged table, or merged from an official file."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection

from callcare.accounts.models import User
from callcare.core.deeds import Refused, deed
from callcare.core.french import counted, number
from callcare.territories import data, official
from callcare.territories.enums import Level, Precision, TerritoryVerb
from callcare.territories.gazetteer import forget
from callcare.territories.models import PostCode, Territory
from callcare.territories.rules import normalise, slips


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many communes the table holds, and how many rows had to be written."""

    communes: int
    written: int


def load_communes(*, by: User | None, departements: Collection[str] | None = None) -> Loaded:
    """Load the packaged table, or only the given départements ("59"); loading again changes what has changed.

    A point that is already exact stays: it may come from the official file, which is better than our table.
    Nothing is ever deleted: needs and organisations point to communes.
    """
    table = data.table()
    communes = [c for c in table.communes if departements is None or c.departement in departements]
    with deed(TerritoryVerb.LOADED, by=by):
        _enter_parents(table, communes)
        written = _enter_communes(communes)
        _enter_words(communes)
    forget()
    return Loaded(len(communes), written)


def _enter_parents(table: data.Table, communes: Iterable[data.Commune]) -> None:
    """Regions, départements and groupings: few, so the ORM will do."""
    epcis = {c.epci for c in communes}
    _enter(Level.REGION, ((code, name, None) for code, name in table.regions))
    regions = dict(Territory.objects.filter(level=Level.REGION).values_list("code", "pk"))
    _enter(Level.DEPARTEMENT, ((code, name, regions[region]) for code, name, region in table.departements))
    _enter(Level.EPCI, ((code, name, None) for code, name in table.epcis if code in epcis))


def _enter(level: Level, rows: Iterable[tuple[str, str, int | None]]) -> None:
    Territory.objects.bulk_create(
        [
            Territory(level=level, code=code, name=name, search_name=normalise(name), region_id=region)
            for code, name, region in rows
        ],
        update_conflicts=True,
        unique_fields=["level", "code"],
        update_fields=["name", "search_name", "region"],
    )


# COPY and two statements for 35,000 communes: the ORM takes ten times as long.
INCOMING = """
    CREATE TEMPORARY TABLE incoming_commune (
        code text, name text, search_name text, other_names text[], other_search text, postcodes text,
        epci text, departement text, population int, lat float8, lon float8, "precision" text
    ) ON COMMIT DROP
"""
MERGE = """
    INSERT INTO territories_territory AS known (
        level, code, name, search_name, other_names, other_search, epci_id, departement_id, region_id,
        population, lat, lon, "precision"
    )
    SELECT 'commune', i.code, i.name, i.search_name, i.other_names, i.other_search, e.id, d.id, d.region_id,
        i.population, i.lat, i.lon, i."precision"
    FROM incoming_commune i
    JOIN territories_territory d ON d.level = 'departement' AND d.code = i.departement
    LEFT JOIN territories_territory e ON e.level = 'epci' AND e.code = i.epci
    ON CONFLICT (level, code) DO UPDATE SET
        name = excluded.name, search_name = excluded.search_name,
        other_names = excluded.other_names, other_search = excluded.other_search,
        epci_id = excluded.epci_id, departement_id = excluded.departement_id, region_id = excluded.region_id,
        population = excluded.population,
        lat = CASE WHEN {keeps} THEN known.lat ELSE excluded.lat END,
        lon = CASE WHEN {keeps} THEN known.lon ELSE excluded.lon END,
        "precision" = CASE WHEN {keeps} THEN known."precision" ELSE excluded."precision" END
    WHERE (known.name, known.search_name, known.other_names, known.epci_id, known.departement_id, known.population)
        IS DISTINCT FROM (excluded.name, excluded.search_name, excluded.other_names, excluded.epci_id,
                          excluded.departement_id, excluded.population)
        OR (NOT {keeps} AND (known.lat, known.lon, known."precision")
            IS DISTINCT FROM (excluded.lat, excluded.lon, excluded."precision"))
"""
POSTCODES = """
    WITH told AS (
        SELECT t.id AS commune_id, unnest(string_to_array(i.postcodes, ' ')) AS code
        FROM incoming_commune i JOIN territories_territory t ON t.level = 'commune' AND t.code = i.code
        WHERE i.postcodes <> ''
    ), gone AS (
        DELETE FROM territories_postcode p
        WHERE commune_id IN (SELECT commune_id FROM told)
            AND NOT EXISTS (SELECT FROM told WHERE told.commune_id = p.commune_id AND told.code = p.code)
    )
    INSERT INTO territories_postcode (code, commune_id) SELECT code, commune_id FROM told
    ON CONFLICT (code, commune_id) DO NOTHING
"""
KEEPS_EXACT = "(known.\"precision\" = 'exact')"


def _enter_communes(communes: Iterable[data.Commune], *, keeps: str = KEEPS_EXACT) -> int:
    """Write what is new or changed; return how many communes that was."""
    with connection.cursor() as cursor:
        cursor.execute(INCOMING)
        with cursor.copy("COPY incoming_commune FROM STDIN") as copy:
            for c in communes:
                others = " ".join(normalise(name) for name in c.other_names)
                copy.write_row(
                    (
                        c.code, c.name, normalise(c.name), c.other_names, others, c.postcodes, c.epci, c.departement,
                        c.population, c.lat, c.lon, c.precision,
                    )
                )  # fmt: skip
        cursor.execute(MERGE.format(keeps=keeps))
        written = int(cursor.rowcount)
        cursor.execute(POSTCODES)
        cursor.execute("ANALYZE territories_territory, territories_postcode")
        cursor.execute("DROP TABLE incoming_commune")
    return written


def _enter_words(communes: Iterable[data.Commune]) -> None:
    """The vocabulary of names. A word nobody bears any more does no harm: it finds nothing."""
    weights: dict[str, int] = {}
    for c in communes:
        for word in {word for name in (c.name, *c.other_names) for word in normalise(name).split() if len(word) > 2}:
            weights[word] = max(weights.get(word, 0), c.population)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE incoming_word (word text, weight int, slips text[]) ON COMMIT DROP")
        with cursor.copy("COPY incoming_word FROM STDIN") as copy:
            for word, weight in weights.items():
                copy.write_row((word, weight, sorted(slips(word))))
        cursor.execute(
            """INSERT INTO territories_placeword AS known (word, weight, slips)
            SELECT word, weight, slips FROM incoming_word
            ON CONFLICT (word) DO UPDATE SET weight = excluded.weight WHERE known.weight < excluded.weight"""
        )
        cursor.execute("ANALYZE territories_placeword")
        cursor.execute("DROP TABLE incoming_word")


@dataclass(slots=True)
class Imported:
    """What an official file changes, or would change: sentences to read, one by commune."""

    lines: int
    errors: list[str]
    created: list[str]
    changed: list[str]
    outside: int  # communes of territories the house does not keep (Polynesia…)
    is_applied: bool = False


def import_communes(raw: bytes, *, by: User | None, apply: bool = False) -> Imported:
    """Merge an official file by INSEE code; without `apply`, only say what would change.

    All or nothing: a file with an error changes nothing. A commune the file does not name stays as it is.
    A point of the file is exact. Refused when `apply` meets errors.
    """
    reading = official.read(raw)
    table = data.table()
    departements = {code for code, _, _ in table.departements}
    known = _known_communes()
    result = Imported(reading.lines, reading.errors, [], [], 0)
    fresh: list[data.Commune] = []
    for told in reading.communes.values():
        before = known.get(told.code)
        if told.departement not in departements:
            result.outside += 1
        elif before is None and told.name is None:
            result.errors.append(f"Ligne {told.line} : {told.code} est inconnue, et son nom manque.")
        elif (after := _merged(before, told)) != before:
            fresh.append(after)
            _say(result, before, after)
    if apply:
        if result.errors:
            raise Refused(f"{counted(len(result.errors), 'erreur')} dans ce fichier : rien n’est importé.")
        with deed(TerritoryVerb.IMPORTED, by=by):
            _enter_parents(table, fresh)
            _enter_communes(fresh, keeps="false")
            _enter_words(fresh)
        forget()
        result.is_applied = True
    return result


def _known_communes() -> dict[str, data.Commune]:
    postcodes: dict[int, list[str]] = {}
    for commune, code in PostCode.objects.order_by("code").values_list("commune_id", "code"):
        postcodes.setdefault(commune, []).append(code)
    rows = Territory.objects.communes().values_list(
        "pk", "code", "name", "epci__code", "departement__code", "population", "lat", "lon", "precision", "other_names"
    )
    return {
        code: data.Commune(
            code,
            name,
            " ".join(postcodes.get(pk, [])),
            epci or "",
            departement or "",
            people,
            lat,
            lon,
            precision,
            also,
        )
        for pk, code, name, epci, departement, people, lat, lon, precision, also in rows
    }


def _merged(before: data.Commune | None, told: official.Told) -> data.Commune:
    """The commune as the file says it, and as it was known where the file says nothing."""
    was = before or data.Commune(told.code, "", "", "", told.departement, 0, None, None, "none", [])
    # La Poste writes ST OMER: the same name in capitals is no news.
    is_news = told.name is not None and normalise(told.name) != normalise(was.name)
    point = (*told.point, "exact") if told.point else (was.lat, was.lon, was.precision)
    return data.Commune(
        told.code,
        told.name if is_news and told.name else was.name,
        " ".join(sorted(told.postcodes)) or was.postcodes,
        told.epci or was.epci,
        told.departement,
        was.population if told.population is None else told.population,
        *point,
        was.other_names,
    )


def _say(result: Imported, before: data.Commune | None, after: data.Commune) -> None:
    name = f"{after.name} ({after.code})"
    if before is None:
        result.created.append(name)
        return
    words = {
        "name": f"nom {before.name} → {after.name}",
        "postcodes": f"codes postaux {before.postcodes} → {after.postcodes}",
        "epci": f"intercommunalité {before.epci or 'aucune'} → {after.epci}",
        "departement": f"département {before.departement} → {after.departement}",
        "population": f"population {number(before.population)} → {number(after.population)}",
        "precision": f"position : {Precision(before.precision).label} → {Precision(after.precision).label}",
    }
    facts = [said for fact, said in words.items() if getattr(before, fact) != getattr(after, fact)]
    if before.precision == after.precision and (before.lat, before.lon) != (after.lat, after.lon):
        facts.append("position déplacée")
    result.changed.append(f"{name} : {' ; '.join(facts)}")
