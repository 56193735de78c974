"""What is measured, each beside its floor in the same run: a primary-key look-up of as many rows."""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from statistics import quantiles
from time import perf_counter
from typing import Any

from django.core.management.base import CommandError
from django.db import connection
from django.db.models import Count
from django.test import Client

from callcare.accounts.models import User
from callcare.catalogue.models import Category
from callcare.commitments.models import CommitmentLine
from callcare.config.bench.dataset import CHIEF, OPERATOR
from callcare.config.bench.pages import PAGES, Page, addresses, things
from callcare.config.bench.spent import Processor
from callcare.desk.capture import capture as capture_line
from callcare.directory.models import Organisation
from callcare.matching.candidates import Found, candidates_for_need, needs_for_commitment
from callcare.matching.lines import offered_by, this_day, wanted_by
from callcare.matching.models import OfferedLine, WantedLine
from callcare.matching.rules.facts import Wanted
from callcare.needs.models import Need, NeedLine
from callcare.territories.models import PostCode, Territory
from callcare.territories.search import search as search_communes

MAX_QUERIES = 12
PAGE_ROWS = 25  # of the look-up beside a page
WARM = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One measure. `ratio` is p50 to the floor's p50; `ok` compares with the target of the issue."""

    name: str
    size: int
    p50_ms: float
    p99_ms: float
    floor_ms: float
    ratio: float
    target: str
    ok: bool | None
    p95_ms: float
    queries: int | None = None
    repeats: int = 0
    cpu_ms: float = 0.0  # the processor's part of p50: ours and the database's
    load: float = 0.0  # of the machine, over the last minute

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Measure:
    """A thing to measure; `run` returns the rows of the table, none where the house lacks it yet."""

    name: str
    run: Callable[[random.Random, int], Iterator[Row]]
    is_bare: bool = False  # asks the database nothing: no made-up country is loaded for it


class Questions:
    """How many statements reach the database, counted where they leave: no log that a request empties."""

    asked = 0

    def __call__(self, execute: Any, statement: Any, params: Any, many: Any, context: Any) -> Any:
        self.asked += not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))
        return execute(statement, params, many, context)


class _AtDatabase:
    """Time spent in the database, whatever Python does around it."""

    spent = 0.0

    def __call__(self, execute: Any, statement: Any, params: Any, many: Any, context: Any) -> Any:
        begin = perf_counter()
        try:
            return execute(statement, params, many, context)
        finally:
            self.spent += perf_counter() - begin


def percentiles(times: list[float]) -> tuple[float, float, float]:
    """p50, p95 and p99 in milliseconds."""
    cuts = quantiles(times, n=100, method="inclusive")
    return tuple(round(cuts[at - 1] * 1000, 2) for at in (50, 95, 99))  # type: ignore[return-value]


def timed(
    name: str, size: int, things: list[Any], do: Callable[[Any], int], *, table: str, key: str, top: int,
    most: float | None, at: str = "p99", database_only: bool = False,
) -> Row:  # fmt: skip
    """Do it for each thing, and after each a look-up by primary key of as many rows as it brought."""
    pick, mine, floor, worked = random.Random(1), [], [], []  # noqa: S311
    processor = Processor()
    warm = min(WARM, len(things))
    for number, thing in enumerate([*things[:warm], *things]):
        clock = _AtDatabase()
        before, begin = processor(), perf_counter()
        with connection.execute_wrapper(clock):
            rows = do(thing)
        work = processor() - before
        spent = clock.spent if database_only else perf_counter() - begin
        beside = _floor(table, key, [pick.randint(1, top) for _ in range(max(1, rows))])
        if number >= warm:
            mine.append(spent)
            worked.append(work)
            floor.append(beside)
    p50, p95, p99 = percentiles(mine)
    floor_ms = percentiles(floor)[0]
    reached = {"p95": p95, "p99": p99}[at]
    target = f"{at} ≤ {most:g} ms" if most else ""
    ok = reached <= most if most else None
    ratio = round(p50 / floor_ms, 1) if floor_ms else 0.0
    load = round(os.getloadavg()[0], 1)
    return Row(
        name,
        size,
        p50,
        p99,
        floor_ms,
        ratio,
        target,
        ok,
        p95,
        repeats=len(mine),
        cpu_ms=percentiles(worked)[0],
        load=load,
    )


def _floor(table: str, key: str, keys: list[int]) -> float:
    with connection.cursor() as cursor:
        begin = perf_counter()
        cursor.execute(f"SELECT * FROM {table} WHERE {key} = ANY(%s)", [keys])  # noqa: S608  # our own tables
        cursor.fetchall()
        return perf_counter() - begin


def _shown(found: Found) -> int:
    return len(found.candidates) + len(found.near_misses)


def of_largest_family(wanted: list[Wanted]) -> list[Wanted]:
    """Those whose category, with what stands above and below it, holds the most offered lines."""
    lines = dict(OfferedLine.objects.values_list("category__code").annotate(Count("pk")))
    paths = [tuple(path) for path in Category.objects.values_list("path", flat=True)]

    def size(path: tuple[str, ...]) -> int:
        family = {one[-1] for one in paths if path[-1] in one} | set(path)
        return sum(lines.get(code, 0) for code in family)

    sizes = {path: size(path) for path in {one.path for one in wanted}}
    return [one for one in wanted if sizes[one.path] == max(sizes.values())]


def candidates(pick: random.Random, repeats: int) -> Iterator[Row]:
    """Who can help, for needs of every category: the statement alone, then with the reasons written."""
    size, today = OfferedLine.objects.count(), this_day()
    needs = (
        NeedLine.objects.filter(need__state="open").select_related("need__commune", "category", "unit").order_by("pk")
    )
    wanted = [wanted_by(line) for line in some(needs, pick, repeats)]
    facts: dict[str, Any] = {"table": "matching_offered", "key": "line_id", "top": size}

    def search(one: Any) -> int:
        return _shown(candidates_for_need(one, today=today))

    yield timed("candidates", size, wanted, search, most=30, database_only=True, **facts)
    yield timed("candidates-explained", size, wanted, search, most=None, **facts)
    many = (of_largest_family(wanted) * repeats)[: min(repeats, 100)]
    yield timed("candidates-largest-family", size, many, search, most=30, database_only=True, **facts)


def needs(pick: random.Random, repeats: int) -> Iterator[Row]:
    """The reverse: whom a commitment would serve."""
    size, today = WantedLine.objects.count(), this_day()
    lines = (
        CommitmentLine.objects.filter(commitment__state="open")
        .select_related("commitment__commune", "category", "unit")
        .order_by("pk")
    )
    offered = [offered_by(line) for line in some(lines, pick, repeats)]

    def search(one: Any) -> int:
        return _shown(needs_for_commitment(one, today=today))

    yield timed(
        "needs", size, offered, search, table="matching_wanted", key="line_id", top=size, most=30, database_only=True
    )


def _slip(name: str, pick: random.Random) -> str:
    """One word of the name with two letters the wrong way round."""
    word = max(name.split(), key=len)
    at = pick.randint(1, len(word) - 3)
    return name.replace(word, word[:at] + word[at + 1] + word[at] + word[at + 2 :])[:24]


def pages(pick: random.Random, repeats: int) -> Iterator[Row]:
    """Every page an operator opens, through Django's test client: server time, and the number of queries."""
    operator = User.objects.get(email=OPERATOR)
    known, size = things(operator, pick), OfferedLine.objects.count()
    browsers = {False: Client(), True: Client()}
    browsers[False].force_login(operator)
    browsers[True].force_login(User.objects.get(email=CHIEF))
    for page in PAGES:
        yield _page(browsers[page.by_chief], page, list(addresses(page, known)), size, min(repeats, 60))


def _page(browser: Client, page: Page, urls: list[str], size: int, repeats: int) -> Row:
    """One page, asked for each of its things in turn. An answer that is no page is a fault of the bench."""
    count, most = Questions(), 0

    def get(url: str) -> int:
        nonlocal most
        count.asked = 0
        with connection.execute_wrapper(count):
            answer = browser.post(url, page.posts) if page.posts else browser.get(url)
        if answer.status_code not in {200, 302}:
            raise CommandError(f"{page.name} : {url} répond {answer.status_code}.")
        most = max(most, count.asked)
        return PAGE_ROWS

    if not urls:
        raise CommandError(f"{page.name} : le jeu de mesure n’a rien à y montrer.")
    row = timed(
        page.name, size, (urls * repeats)[:repeats], get, table="needs_need", key="id", top=Need.objects.count(),
        most=120, at="p95",
    )  # fmt: skip
    return replace(
        row, ok=bool(row.ok) and most <= MAX_QUERIES, queries=most, target=f"{row.target}, ≤ {MAX_QUERIES} requêtes"
    )


LINES = (
    "12 ordinateurs portables Roubaix avant le 30/04 pour lycéens", "3 000 € pour chaussures de sécurité",
    "2 demi-journées par mois de soutien scolaire à Lens", "une salle à Lille du 3 au 5 juin pour 40 personnes",
    "100 jours de RTT", "un camion le samedi matin à Dunkerque", "une dizaine d’imprimantes en prêt Amiens",
)  # fmt: skip


def capture(pick: random.Random, repeats: int) -> Iterator[Row]:
    """One typed line understood, all communes and the whole catalogue known."""
    size = Organisation.objects.count()

    def understand(line: str) -> int:
        capture_line(line)
        return 1

    yield timed(
        "capture", size, [pick.choice(LINES) for _ in range(repeats)], understand, table="directory_organisation",
        key="id", top=size, most=5,
    )  # fmt: skip


def some(rows: Any, pick: random.Random, count: int) -> list[Any]:
    """So many of the rows, drawn."""
    keys = list(rows.values_list("pk", flat=True))
    return list(rows.filter(pk__in=pick.sample(keys, min(count, len(keys)))))


def communes(pick: random.Random, repeats: int) -> Iterator[Row]:
    """A commune while it is typed: by its beginning, by its postcode, with one slip of the finger."""
    size = Territory.objects.communes().count()
    names = [one.name for one in some(Territory.objects.communes().order_by("pk"), pick, repeats)]
    codes = [one.code for one in some(PostCode.objects.order_by("pk"), pick, repeats)]
    typed = {
        "commune-letters": [name[: pick.randint(2, 8)] for name in names],
        "commune-postcode": [code[: pick.randint(2, 5)] for code in codes],
        "commune-typo": [_slip(name, pick) for name in names if max(map(len, name.split())) > 4],
    }
    for name, texts in typed.items():
        yield timed(
            name, size, texts, lambda text: len(search_communes(text)), table="territories_territory", key="id",
            top=size, most=10,
        )  # fmt: skip


MEASURES = [
    Measure("candidates", candidates),
    Measure("needs", needs),
    Measure("communes", communes),
    Measure("capture", capture),
    Measure("pages", pages),
]


@contextmanager
def as_served() -> Iterator[None]:
    """The settings of a served page, but for static files: nobody serves them here."""
    from django.conf import settings  # noqa: PLC0415
    from django.test.utils import override_settings  # noqa: PLC0415

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    middleware = [name for name in settings.MIDDLEWARE if not name.startswith("servestatic.")]
    with override_settings(
        MIDDLEWARE=middleware, STORAGES=settings.STORAGES | {"staticfiles": plain}, ALLOWED_HOSTS=["testserver"]
    ):
        yield
