"""Two records of one thing become one, without loss, and can be two again for thirty days.

Every row that pointed to the merged record points to the kept one; what cannot move without doubling something stays
where it is. Each change is written down with what stood there before: `undo_merge` replays it backwards.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import F

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.deeds import Refused, deed, sentence_of
from callcare.core.edits import Versioned
from callcare.directory.actions.organisations import NOT_YOURS
from callcare.directory.enums import Certainty, ChannelUse, DirectoryVerb, Rights
from callcare.directory.keys import Key, keys_to
from callcare.directory.models import Channel, Membership, MergeRecord, Organisation, Person
from callcare.directory.permissions import may_write

UNDO_DAYS = 30

# What the kept record takes from the merged one where it says nothing itself.
ORGANISATION_FACTS = ("siren", "siret", "rna", "commune_id", "address", "website", "description", "verified_at")
PERSON_FACTS = ("first_name", "role", "source")

Merged = TypeVar("Merged", Organisation, Person)
Moves = list[dict[str, Any]]


def merge_organisations(kept: Organisation, merged: Organisation, *, by: User | None, because: str) -> MergeRecord:
    """Join `merged` into `kept`. Raises Refused where both were verified under different SIRETs, or a rule stands."""
    with deed(DirectoryVerb.MERGED, by=by, because=because, kept=kept.ref, merged=merged.ref):
        kept, merged = _lock(Organisation, kept, merged, by, because)
        if blocked := organisations_apart(kept, merged):
            raise Refused(blocked)
        moved = _move_keys(Organisation, kept, merged)
        moved += _fill(kept, merged, ORGANISATION_FACTS)
        networks = [*kept.networks, *(name for name in merged.networks if name not in kept.networks)]
        moved += _set(kept, "networks", networks)
        moved += _apart(merged, kept, ("name", "kind", *ORGANISATION_FACTS))
        return _written(kept, merged, moved)


def organisations_apart(kept: Organisation, merged: Organisation) -> str:
    """Why these two cannot be one, "" when they can."""
    if kept.siret and merged.siret and kept.siret != merged.siret and kept.verified_at and merged.verified_at:
        return "Ces deux organisations ont chacune un SIRET vérifié : ce sont deux établissements."
    return ""


def merge_persons(kept: Person, merged: Person, *, by: User | None, because: str) -> MergeRecord:
    """Join two records of one person of one organisation. Raises Refused when each has an account of her own."""
    with deed(DirectoryVerb.MERGED, by=by, because=because):
        kept, merged = _lock(Person, kept, merged, by, because)
        if blocked := persons_apart(kept, merged):
            raise Refused(blocked)
        moved = _move_keys(Person, kept, merged)
        moved += _fill(kept, merged, PERSON_FACTS)
        moved += _set(kept, "do_not_contact", kept.do_not_contact or merged.do_not_contact)
        moved += _apart(merged, kept, ("first_name", "last_name", "role"))
        return _written(kept, merged, moved)


def persons_apart(kept: Person, merged: Person) -> str:
    """Why these two cannot be one, "" when they can."""
    if kept.organisation_id != merged.organisation_id:
        return "Ces interlocuteurs ne parlent pas pour la même organisation : fusionnez d’abord les organisations."
    users = [set(person.memberships.values_list("user_id", flat=True)) for person in (kept, merged)]
    if all(users) and users[0] != users[1]:
        return "Ces deux interlocuteurs ont chacun leur compte : ce sont deux personnes."
    return ""


def undo_merge(record: MergeRecord, *, by: User | None, because: str) -> None:
    """Make two records of one again: every move is played backwards where nobody has changed it since.

    What was written on the kept record after the merge stays there. Raises Refused after thirty days, when it is
    undone already, or when the kept record has itself been merged since.
    """
    with deed(DirectoryVerb.MERGE_UNDONE, by=by, because=because):
        record = MergeRecord.objects.select_for_update().get(pk=record.pk)
        model = apps.get_model("directory", record.kind)
        _check_undo(record, model, by)
        for move in reversed(record.moved):
            rows = apps.get_model(move["model"])._base_manager.filter(pk__in=move["rows"])
            rows.filter(**{move["column"]: move["after"]}).update(**{move["column"]: move["before"]})
        _bump(model, record)
        MergeRecord.objects.filter(pk=record.pk).update(undone_at=clock.now())


def _check_undo(record: MergeRecord, model: type[models.Model], by: User | None) -> None:
    if not may_write(by):
        raise Refused(NOT_YOURS)
    if record.undone_at:
        raise Refused("Cette fusion est déjà défaite.")
    if record.undo_until < clock.now():
        raise Refused(f"Cette fusion a plus de {UNDO_DAYS} jours : elle ne se défait plus.")
    if model._base_manager.filter(pk=record.kept_id, merged_into__isnull=False).exists():
        raise Refused("La fiche gardée a été fondue depuis dans une autre : défaites d’abord cette fusion-là.")


def _lock(model: type[Merged], kept: Merged, merged: Merged, by: User | None, because: str) -> tuple[Merged, Merged]:
    """Both rows as they are now, nobody else changing them."""
    if not may_write(by):
        raise Refused(NOT_YOURS)
    if not because.strip():
        raise Refused("Dites en un mot pourquoi ces deux fiches n’en font qu’une.")
    if kept.pk == merged.pk:
        raise Refused("Une fiche ne se fond pas dans elle-même.")
    rows = {
        row.pk: row
        for row in model._base_manager.select_for_update().filter(pk__in=[kept.pk, merged.pk]).order_by("pk")
    }
    if any(row.merged_into_id for row in rows.values()):
        raise Refused("L’une de ces fiches vient d’être fondue dans une autre. Rechargez la page.")
    return rows[kept.pk], rows[merged.pk]


def _move_keys(model: type[models.Model], kept: models.Model, merged: models.Model) -> Moves:
    """Point to the kept row whatever points to the merged one; and the merged row itself, last, leads to it."""
    moved: Moves = []
    for key in keys_to(model):
        if not key.is_sealed:
            moved += _move(key, kept, merged)
    moved += _unite(kept, merged)
    return moved + _set(merged, "merged_into_id", kept.pk)


def _move(key: Key, kept: models.Model, merged: models.Model) -> Moves:
    rows = sorted(key.rows(merged.pk).values_list("pk", flat=True))
    if not rows:
        return []
    try:
        with transaction.atomic():
            key.rows(merged.pk).filter(pk__in=rows).update(**{key.column: kept.pk})
    except IntegrityError:
        rows = [pk for pk in rows if _move_one(key, pk, kept, merged)]
    return [_move_of(key.model, key.column, rows, merged.pk, kept.pk)] if rows else []


def _move_one(key: Key, pk: Any, kept: models.Model, merged: models.Model) -> bool:
    """Move one row; one the kept record has already stays where it is, unless it has a life of its own."""
    try:
        with transaction.atomic():
            key.rows(merged.pk).filter(pk=pk).update(**{key.column: kept.pk})
    except IntegrityError as error:
        if key.has_a_life:
            why = sentence_of(error) or "Les deux fiches ont chacune la leur."
            raise Refused(f"{why} Terminez l’une des deux, puis fusionnez.") from error
        return False
    return True


def _unite(kept: models.Model, merged: models.Model) -> Moves:
    """The channels and rights both had: the kept one takes the better of the two."""
    moved: Moves = []
    if isinstance(merged, Organisation):
        for left in Membership.objects.filter(organisation=merged.pk):
            twin = Membership.objects.get(organisation=kept.pk, user=left.user_id)
            moved += _set(twin, "rights", max(twin.rights, left.rights, key=Rights.values.index))
    owner = "organisation" if isinstance(merged, Organisation) else "person"
    for channel in Channel.objects.filter(**{owner: merged.pk}):
        same = Channel.objects.get(**{owner: kept.pk}, kind=channel.kind, value=channel.value)
        moved += _unite_channel(same, channel)
    return moved


def _unite_channel(kept: Channel, left: Channel) -> Moves:
    moved: Moves = []
    if kept.use == ChannelUse.FORMER:
        moved += _set(kept, "use", left.use)
    if left.certainty == Certainty.KNOWN:
        moved += _set(kept, "certainty", left.certainty)
    seen = max(filter(None, [kept.last_seen_at, left.last_seen_at]), default=None)
    return moved + _set(kept, "last_seen_at", seen) + _set(kept, "is_public", kept.is_public or left.is_public)


def _fill(kept: models.Model, merged: models.Model, columns: Iterable[str]) -> Moves:
    moved: Moves = []
    for column in columns:
        if not getattr(kept, column):
            moved += _set(kept, column, getattr(merged, column))
    return moved


def _apart(merged: models.Model, kept: models.Model, columns: Iterable[str]) -> Moves:
    """What the two said differently: the merged row keeps its own word, and the record says so."""
    return [
        _move_of(type(merged), column, [merged.pk], getattr(merged, column), getattr(merged, column))
        for column in columns
        if getattr(merged, column) and getattr(merged, column) != getattr(kept, column)
    ]


def _set(row: models.Model, column: str, value: Any) -> Moves:
    """Write one value of one row; the move says what stood there. Nothing when it stands there already."""
    before = getattr(row, column)
    if before == value:
        return []
    type(row)._base_manager.filter(pk=row.pk).update(**{column: value})
    setattr(row, column, value)
    return [_move_of(type(row), column, [row.pk], before, value)]


def _move_of(model: type[models.Model], column: str, rows: list[Any], before: Any, after: Any) -> dict[str, Any]:
    table = model._meta.label_lower
    return {"model": table, "column": column, "rows": rows, "before": _said(before), "after": _said(after)}


def _said(value: Any) -> Any:
    """A value as JSON keeps it, to the microsecond."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def _written(kept: Merged, merged: Merged, moved: Moves) -> MergeRecord:
    now = clock.now()
    record = MergeRecord.objects.create(
        kind=str(kept._meta.model_name), kept_id=kept.pk, merged_id=merged.pk, moved=moved, made_at=now,
        undo_until=now + timedelta(days=UNDO_DAYS),
    )  # fmt: skip
    _bump(type(kept), record)
    return record


def _bump(model: type[models.Model], record: MergeRecord) -> None:
    """Whoever is editing one of the two is told."""
    assert issubclass(model, Versioned)  # noqa: S101
    model._base_manager.filter(pk__in=[record.kept_id, record.merged_id]).update(version=F("version") + 1)
