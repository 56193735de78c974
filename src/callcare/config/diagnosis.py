"""The house examined from inside: what is wrong, and the mend. For `doctor`, and before `serve` opens the door."""

import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from callcare.config import health, rights
from callcare.core import clock
from callcare.mailbox.box_states import SILENT_AFTER, BoxState, last_sign, states
from callcare.mailbox.models import Mailbox
from callcare.ui.templatetags.words import moment

FLOOR = 15
STUCK_AFTER = 300  # seconds a job may be under way
LONG_ENOUGH = 32  # signs of a secret key
RIGHTS_AGAIN = "./callcare migrate, avec l’adresse du propriétaire dans CALLCARE_OWNER_URL, les remet"


@dataclass(frozen=True)
class Finding:
    """One thing looked at. A mend means that it is not well; advice, that it works and could be safer."""

    subject: str
    seen: str
    mend: str = ""
    advice: str = ""

    def __str__(self) -> str:
        if self.advice:
            return f"! {self.subject} : {self.seen}\n    → {self.advice}"
        return f"✗ {self.subject} : {self.seen}\n    → {self.mend}" if self.mend else f"✓ {self.subject} : {self.seen}"


def examine(*, before_serving: bool = False) -> Iterator[Finding]:
    """Every finding; before serving, only those that forbid to open. Stops when the database does not answer."""
    yield secret_key()
    yield debug()
    reached = reachable()
    yield reached
    if reached.mend:
        return
    questions = BEFORE_SERVING if before_serving else (*BEFORE_SERVING, *WHILE_RUNNING)
    for question in questions:
        try:
            yield question()
        except DatabaseError as error:
            yield Finding(question.__name__, f"question refusée : {error}".strip(), "./callcare migrate")


def secret_key() -> Finding:
    if settings.DEMO:
        return Finding("clé secrète", "celle de la démonstration")
    if settings.SECRET_KEY.startswith("only-for-the-demo"):
        mend = "CALLCARE_SECRET_KEY=$(python3 -c 'import secrets; print(secrets.token_urlsafe(50))'), à garder"
        return Finding("clé secrète", "absente : celle de la démonstration ne protège rien", mend)
    if len(settings.SECRET_KEY) < LONG_ENOUGH:
        return Finding("clé secrète", "trop courte", f"au moins {LONG_ENOUGH} signes tirés au sort")
    return Finding("clé secrète", "indiquée")


def debug() -> Finding:
    if settings.DEBUG:
        return Finding("mise au point", "CALLCARE_DEBUG=1 montre les rouages à tous", "enlevez CALLCARE_DEBUG")
    return Finding("mise au point", "éteinte")


def reachable() -> Finding:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        return Finding("base", f"ne répond pas ({error})".replace("\n", " "), "vérifiez DATABASE_URL et le serveur")
    number = int(show("server_version_num")) // 10000
    if number < FLOOR:
        return Finding("base", f"PostgreSQL {number}", f"il faut PostgreSQL {FLOOR} ou plus récent")
    return Finding("base", f"PostgreSQL {number} répond")


def durability() -> Finding:
    """What is said to be written must be written: no crash test can find a missing fsync."""
    asked = {"fsync": "on", "full_page_writes": "on", "data_checksums": "on"}
    seen = {name: show(name) for name in (*asked, "synchronous_commit")}
    wrong = [name for name, value in asked.items() if seen[name] != value]
    wrong += ["synchronous_commit"] if seen["synchronous_commit"] == "off" else []
    if not wrong:
        return Finding("durabilité", "ce qui est enregistré est écrit, avec sommes de contrôle")
    mend = "remettez ces réglages de PostgreSQL à « on » (pg_checksums --enable pour les sommes de contrôle)"
    return Finding("durabilité", f"{', '.join(f'{name}={seen[name]}' for name in wrong)} : une panne perdrait", mend)


def show(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        (value,) = cursor.fetchone()
    return str(value)


def migrations() -> Finding:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        return Finding("schéma", f"{len(plan)} migration(s) à faire", "./callcare migrate")
    return Finding("schéma", "à jour")


def database_role() -> Finding:
    """The application writes rows and no more: neither the schema nor the history is its to change."""
    role = rights.current_role()
    if rights.owns_the_tables():
        advice = "deux rôles protègent l’historique : docs/operations.md, « Les deux rôles de la base »"
        return Finding("rôle", f"« {role} » possède les tables et peut tout y changer", advice=advice)
    lacking, excess = rights.deviations()
    if lacking:
        return Finding("rôle", f"« {role} » n’a pas tous ses droits ({some(lacking)})", RIGHTS_AGAIN)
    if excess:
        return Finding("rôle", f"« {role} » a des droits de trop ({some(excess)})", RIGHTS_AGAIN)
    if plain := rights.plain_copyists():
        return Finding(
            "rôle", f"l’historique ne s’écrira pas : {plain} fonctions sans les droits voulus", RIGHTS_AGAIN
        )
    return Finding("rôle", f"« {role} » écrit les lignes, sans toucher au schéma ni à l’historique")


def some(things: list[str], shown: int = 3) -> str:
    more = len(things) - shown
    return ", ".join(things[:shown]) + (f", et {more} de plus" if more > 0 else "")


def static_files() -> Finding:
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        return Finding("fichiers du site", f"absents de {settings.STATIC_ROOT}", "./callcare migrate")
    return Finding("fichiers du site", settings.STATIC_ROOT)


def letters_leave() -> Finding:
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with get_connection(timeout=5):
            pass
    except (OSError, smtplib.SMTPException) as error:
        return Finding("courrier", f"{where} ne répond pas ({error})", "vérifiez CALLCARE_SMTP_URL et ce serveur")
    return Finding("courrier", f"{where} accepte les lettres")


def worker() -> Finding:
    seen = health.worker()
    return (
        Finding("tâches", "l’exécutant travaille")
        if seen == health.OK
        else Finding("tâches", seen, "./callcare worker")
    )


def outbox() -> Finding:
    seen = health.outbox()
    if seen != health.OK:
        return Finding("lettres en attente", seen, "vérifiez le serveur de courrier et l’exécutant de tâches")
    return Finding("lettres en attente", "aucune en retard")


def mailboxes() -> Finding:
    """Each box that should be fetched: its last contact, what the server says, and what to do."""
    subject, now = "boîtes aux lettres", clock.now()
    known = states(Mailbox.objects.filter(is_enabled=True).select_related("desk").order_by("address"))
    if not known:
        return Finding(subject, "aucune n’est relevée")
    broken = [one for one in known if one.box.trouble]
    silent = [one for one in known if one not in broken and now - last_sign(one.box) > SILENT_AFTER]
    told = some([_box(one) for one in (*broken, *silent)] or [_box(one) for one in known])
    if broken:
        mend = "Réglages › Boîtes aux lettres, la boîte, « Essayer la connexion » ; rien n’est perdu entre-temps"
        return Finding(subject, told, mend)
    if silent:
        return Finding(subject, told, "./callcare worker : c’est lui qui relève ; rien n’est perdu entre-temps")
    return Finding(subject, told)


def _box(one: BoxState) -> str:
    heard = f"dernier contact {moment(one.box.heard_at)}" if one.box.heard_at else "aucun contact encore"
    waiting = f", {one.waiting} à lire" if one.waiting else ""
    return f"{one.box.address} ({heard}{waiting})" + (f" : {one.box.trouble}" if one.box.trouble else "")


def stuck_jobs() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs job WHERE status = 'doing' AND (SELECT max(at) FROM"
            " procrastinate_events event WHERE event.job_id = job.id) < clock_timestamp() - %s * interval '1 second'",
            [STUCK_AFTER],
        )
        (count,) = cursor.fetchone()
    if count:
        return Finding("tâches en cours", f"{count} depuis plus de 5 minutes", "redémarrez ./callcare worker")
    return Finding("tâches en cours", "aucune ne traîne")


BEFORE_SERVING: tuple[Callable[[], Finding], ...] = (durability, migrations, database_role, static_files)
WHILE_RUNNING: tuple[Callable[[], Finding], ...] = (letters_leave, worker, outbox, mailboxes, stuck_jobs)
