"""Desks opened and set: territory, numbers, hours, closures, operators."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from callcare.accounts.models import User
from callcare.core.deeds import Refused, deed
from callcare.desk.enums import DeskVerb
from callcare.desk.models import Closure, Desk, OpeningHours
from callcare.territories.models import Territory

SETTABLE = {"name", "territory", "numbers", "mailboxes"}


def open_desk(
    *,
    by: User | None,
    slug: str,
    name: str,
    territory: Territory | None = None,
    numbers: Iterable[str] = (),
    mailboxes: Iterable[str] = (),
    operators: Iterable[User] = (),
) -> Desk:
    """A new « guichet », open Monday to Friday from 9 to 18 until its hours are set."""
    with deed(DeskVerb.DESK_OPENED, by=by):
        _must_set(by)
        desk = Desk.objects.create(
            slug=slug, name=name, territory=territory, numbers=list(numbers), mailboxes=list(mailboxes)
        )
        desk.operators.set(operators)
        OpeningHours.objects.bulk_create(
            OpeningHours(desk=desk, weekday=day, opens=time(9), closes=time(18)) for day in range(5)
        )
        return desk


def set_desk(
    desk: Desk,
    *,
    by: User | None,
    operators: Iterable[User] | None = None,
    neighbours: Iterable[Desk] | None = None,
    **facts: Any,
) -> None:
    """Change what a desk is called, where it is reached, who keeps it, and which desks it shares with."""
    with deed(DeskVerb.DESK_SET, by=by):
        _must_set(by)
        if unknown := set(facts) - SETTABLE:
            raise TypeError(f"not a setting of a desk: {unknown}")
        for name, value in facts.items():
            setattr(desk, name, value)
        desk.save(update_fields=list(facts))
        if operators is not None:
            desk.operators.set(operators)
        if neighbours is not None:
            desk.neighbours.set([one for one in neighbours if one.pk != desk.pk])


def set_hours(desk: Desk, *, by: User | None, hours: Mapping[int, Iterable[tuple[time, time]]]) -> None:
    """Write the week anew: for each weekday (0 = Monday) its open spans, in Paris time."""
    with deed(DeskVerb.DESK_SET, by=by, because="horaires"):
        _must_set(by)
        for spans in hours.values():
            last: time | None = None
            for opens, closes in sorted(spans):
                if last and opens < last:
                    raise Refused("Deux plages d’un même jour se chevauchent.")
                last = closes
        desk.hours.all().delete()
        for day, spans in hours.items():
            for opens, closes in sorted(spans):
                OpeningHours.objects.create(desk=desk, weekday=day, opens=opens, closes=closes)


def add_closure(
    desk: Desk, *, by: User | None, first_on: date, last_on: date, label: str, is_opening: bool = False
) -> Closure:
    """Days when the desk is closed, or open although it would not be."""
    with deed(DeskVerb.DESK_SET, by=by, because=label):
        _must_set(by)
        return Closure.objects.create(
            desk=desk, first_on=first_on, last_on=last_on, label=label, is_opening=is_opening
        )


def remove_closure(closure: Closure, *, by: User | None) -> None:
    with deed(DeskVerb.DESK_SET, by=by, because=f"retiré : {closure.label}"):
        _must_set(by)
        closure.delete()


def _must_set(by: User | None) -> None:
    if by is not None and not by.is_admin:
        raise Refused("Seule l’administratrice règle les guichets.")
