"""An organisation enters the directory, is corrected, or is recognised."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from callcare.accounts.models import User
from callcare.core.deeds import Refused, deed
from callcare.directory.duplicates import Facts
from callcare.directory.enums import DirectoryVerb, OrganisationKind
from callcare.directory.models import Organisation
from callcare.directory.permissions import may_write
from callcare.directory.rules import Wrong, identifiers, names

NOT_YOURS = "L’annuaire est tenu par les guichets."

_CHECKED: dict[str, Callable[[str], str]] = {
    "siren": identifiers.siren,
    "siret": identifiers.siret,
    "rna": identifiers.rna,
}


def record_organisation(*, by: User | None, name: str, kind: str, because: str = "", **facts: Any) -> Organisation:
    """Enter an organisation: its name, its nature, and what else is known (the fields of Organisation).

    `because` says why it was entered in spite of a probable duplicate. Raises Refused: identifier wrong or taken.
    """
    with deed(DirectoryVerb.RECORDED, by=by, because=because):
        return _create(by=by, **_in_order({"name": name, "kind": kind} | facts))


def edit_organisation(organisation: Organisation, *, by: User | None, seen: int, **changes: Any) -> None:
    """Correct an organisation the person saw at version `seen`; raises Outdated when somebody was faster."""
    with deed(DirectoryVerb.EDITED, by=by):
        _allowed(by)
        if organisation.merged_into_id:
            raise Refused("Cette fiche a été fondue dans une autre : modifiez celle qui est gardée.")
        organisation.edit(seen=seen, **_in_order(changes))


@dataclass(frozen=True, slots=True)
class Resolved:
    """The organisation meant, and whether it had to be entered."""

    organisation: Organisation
    created: bool


def resolve_organisation(facts: Facts, *, by: User | None, source: str = "") -> Resolved:
    """The organisation these facts mean: by SIRET or RNA, else by its very name in its commune, else a new one.

    For imports and the demo: nobody is there to look at near names. Merged ones lead to the one kept.
    """
    with deed(DirectoryVerb.RECORDED, by=by):
        if known := _by_identifier(facts) or _by_name(facts):
            return Resolved(known.merged_into or known, created=False)
        kept: dict[str, Any] = {
            "siren": facts.siren,
            "siret": facts.siret,
            "rna": facts.rna,
            "commune_id": facts.commune_id,
        }
        kept |= {"kind": facts.kind or OrganisationKind.OTHER, "source": source}
        return Resolved(_create(by=by, **_in_order({"name": facts.name} | kept)), created=True)


def _by_identifier(facts: Facts) -> Organisation | None:
    for column in ("siret", "rna"):
        if value := _checked(column, getattr(facts, column)):
            same = Organisation.objects.select_related("merged_into").filter(**{column: value})
            # The kept one first: a merged row may carry the same number.
            if known := same.order_by("-merged_into", "pk").last() or same.first():
                return known
    return None


def _by_name(facts: Facts) -> Organisation | None:
    rows = Organisation.objects.live().with_words(names.words(facts.name)).filter(commune_id=facts.commune_id)
    siret = _checked("siret", facts.siret)
    for known in rows.order_by("pk")[:50]:
        another_place = siret and known.siret and known.siret != siret
        if names.same(known.name, facts.name) and not another_place:
            return known
    return None


def _create(*, by: User | None, **facts: Any) -> Organisation:
    _allowed(by)
    organisation = Organisation(**facts)
    organisation.save()
    organisation.refresh_from_db(fields=["search_name", "search_text"])
    return organisation


def _allowed(by: User | None) -> None:
    if not may_write(by):
        raise Refused(NOT_YOURS)


def _in_order(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts as they are kept: one space between words, identifiers checked, the SIREN read from the SIRET."""
    kept = {name: " ".join(value.split()) if name in {"name", "address"} else value for name, value in facts.items()}
    for column in _CHECKED.keys() & kept.keys():
        kept[column] = _checked(column, kept[column])
    if kept.get("siret"):
        kept["siren"] = kept.get("siren") or kept["siret"][:9]
    if "name" in kept and not kept["name"]:
        raise Refused("Donnez le nom de l’organisation.")
    return kept


def _checked(column: str, value: str) -> str:
    try:
        return _CHECKED[column](value)
    except Wrong as wrong:
        raise Refused(str(wrong)) from wrong
