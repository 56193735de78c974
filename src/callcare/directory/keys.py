"""Everything in the house that points to an organisation or a person, found in the graph of the models themselves.

So a merge follows keys of floors this app does not know, without importing them.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pghistory.models
import pgtrigger
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Count, Value

from callcare.core.states import Stateful


@dataclass(frozen=True, slots=True)
class Key:
    """One column that points to rows of a model; `only` are the further conditions of a generic pointer."""

    model: type[models.Model]
    column: str
    only: tuple[tuple[str, Any], ...] = ()

    def rows(self, pk: int) -> models.QuerySet[Any]:
        """The rows that point to the row `pk`."""
        return self.model._base_manager.filter(**{self.column: pk}, **dict(self.only))

    @property
    def is_sealed(self) -> bool:
        """Rows nobody may change, such as what was disclosed to whom: they go on naming whom they named."""
        triggers = getattr(self.model._meta, "triggers", [])
        return any(isinstance(t, pgtrigger.Protect) and "UPDATE" in str(t.operation) for t in triggers)

    @property
    def has_a_life(self) -> bool:
        """Rows with a state are stories of their own: one of two cannot be set aside in silence."""
        return issubclass(self.model, Stateful)

    def __str__(self) -> str:
        return f"{self.model._meta.label_lower}.{self.column}"


def keys_to(target: type[models.Model]) -> list[Key]:
    """Every key and generic pointer to `target`, in an order that never changes; history and caches left out."""
    return sorted([*_foreign(target), *_generic(target)], key=str)


def _foreign(target: type[models.Model]) -> Iterator[Key]:
    # Also those without a way back (related_name="+").
    for relation in target._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        model = relation.related_model
        # A key the database does not hold is one of a cache, which its own app keeps by triggers.
        is_held = getattr(relation.field, "db_constraint", True) and not model._meta.proxy
        if is_held and not issubclass(model, pghistory.models.Event):
            yield Key(model, relation.field.attname)


def _generic(target: type[models.Model]) -> Iterator[Key]:
    for model in apps.get_models():
        for field in model._meta.private_fields:
            if isinstance(field, GenericForeignKey) and not issubclass(model, pghistory.models.Event):
                about = ContentType.objects.get_for_model(target).pk
                yield Key(model, field.fk_field, ((f"{field.ct_field}_id", about),))


def weights(thing: models.Model) -> list[tuple[str, int]]:
    """How much hangs from a row, said in words: [("besoins", 3), …]. One statement over all the keys."""
    counted = [
        key.rows(thing.pk).order_by().annotate(key=Value(str(key))).values("key").annotate(n=Count("pk"))
        for key in keys_to(type(thing))
    ]
    names = {str(key): str(key.model._meta.verbose_name_plural) for key in keys_to(type(thing))}
    first, *others = counted
    found: Counter[str] = Counter()
    for row in first.union(*others, all=True):
        found[names[row["key"]]] += row["n"]
    return sorted(((name, n) for name, n in found.items() if n), key=lambda pair: (-pair[1], pair[0]))
