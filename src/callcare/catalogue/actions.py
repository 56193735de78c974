"""What is done to the catalogue: it is founded, and a steward keeps it."""

from dataclasses import dataclass

from callcare.accounts.models import User
from callcare.catalogue import data
from callcare.catalogue.enums import CatalogueVerb
from callcare.catalogue.models import Category, Reason, Unit
from callcare.core.deeds import deed


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
