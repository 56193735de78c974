"""What is done to the catalogue: it is founded, and a steward keeps it."""

from dataclasses import dataclass

from django.utils.text import slugify

from callcare.accounts.models import User
from callcare.catalogue import data
from callcare.catalogue.enums import CatalogueVerb, Kind
from callcare.catalogue.models import Category, Reason, Unit
from callcare.catalogue.rules import as_heard, fits
from callcare.core.deeds import Refused, deed


@dataclass(frozen=True, slots=True)
class Founded:
    """How many categories and reasons were added; those already there are left as their steward wants them."""

    categories: int
    reasons: int


def found_catalogue(*, by: User | None = None) -> Founded:
    """Lay the founding catalogue: units, categories and reasons that are missing. A second time adds nothing."""
    with deed(CatalogueVerb.FOUNDED, by=by):
        _lay_units()
        return Founded(_lay_categories(), _lay_reasons())


def _lay_units() -> None:
    known = set(Unit.objects.values_list("code", flat=True))
    Unit.objects.bulk_create(
        Unit(code=u.code, label=u.label, plural=u.plural, measure=u.measure, factor=u.factor)
        for u in data.UNITS
        if u.code not in known
    )


def _lay_categories() -> int:
    units = {unit.code: unit for unit in Unit.objects.all()}
    known = {category.code: category for category in Category.objects.all()}
    missing = [row for row in data.categories() if row.code not in known]
    for row in missing:
        parent = known[row.parent] if row.parent else None
        known[row.code] = Category.objects.create(
            code=row.code,
            label=row.label,
            kind=row.kind,
            unit=units[row.unit],
            parent=parent,
            path=[*(parent.path if parent else []), row.code],
            synonyms=list(row.synonyms),
            is_tracked=row.is_tracked,
            is_computer=row.is_computer,
        )
    return len(missing)


def _lay_reasons() -> int:
    known = set(Reason.objects.values_list("code", flat=True))
    missing = [
        Reason(code=r.code, label=r.label, used_for=list(r.used_for), is_final=r.is_final, order=10 * place)
        for place, r in enumerate(data.reasons(), 1)
        if r.code not in known
    ]
    Reason.objects.bulk_create(missing)
    return len(missing)


def add_category(*, by: User, parent: Category, label: str, unit: Unit, synonyms: list[str], **more: bool) -> Category:
    """Add a category under `parent`, whose kind it takes. Its code is made from its label and never changes.

    Raises Refused for a word another category already has, or a unit that does not measure this kind.
    """
    with deed(CatalogueVerb.CATEGORY_ADDED, by=by):
        code = slugify(label)[:40].strip("-").replace("-", "_")
        if not code or Category.objects.filter(code=code).exists():
            raise Refused(f"Une catégorie « {label} » existe déjà.")
        _check(label, synonyms, unit, parent.kind, but=None)
        return Category.objects.create(
            code=code,
            label=label,
            kind=parent.kind,
            parent=parent,
            path=[*parent.path, code],
            unit=unit,
            synonyms=synonyms,
            **more,
        )


def edit_category(
    category: Category, *, by: User, seen: int, label: str, unit: Unit, synonyms: list[str], **more: bool
) -> None:
    """Change the words, the unit or the marks of a category. Raises Outdated when it changed since version `seen`."""
    with deed(CatalogueVerb.CATEGORY_EDITED, by=by):
        _check(label, synonyms, unit, category.kind, but=category)
        category.edit(seen=seen, label=label, unit=unit, synonyms=synonyms, **more)


def retire_category(category: Category, *, by: User, because: str) -> None:
    """Propose a category no more. Raises Refused while it has children in use, or is a root of the tree."""
    with deed(CatalogueVerb.CATEGORY_RETIRED, by=by, because=because):
        if category.parent_id is None:
            raise Refused("Une nature entière ne se retire pas.")
        if child := category.children.in_use().first():
            raise Refused(f"Retirez d’abord « {child.label} », qui en dépend.")
        category.edit(seen=category.version, is_retired=True)


def _check(label: str, synonyms: list[str], unit: Unit, kind: str, *, but: Category | None) -> None:
    if not fits(kind, unit.measure):
        raise Refused(f"L’unité « {unit.label} » ne compte pas des {Kind(kind).label}.")
    wanted = {as_heard(word): word for word in (label, *synonyms)}
    for other in Category.objects.in_use().exclude(pk=but.pk if but else 0).order_by("pk"):
        if taken := wanted.keys() & {as_heard(word) for word in (other.label, *other.synonyms)}:
            word = wanted[min(taken)]
            raise Refused(f"« {word} » désigne déjà la catégorie « {other.label} » : un mot n’en désigne qu’une.")
