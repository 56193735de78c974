"""Who has a screen connected, and may still look at it. Presence is a fact of the line, not a deed."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Max

from callcare.accounts.models import User
from callcare.accounts.sessions import lives
from callcare.calls.models import Presence
from callcare.core import clock

GONE_AFTER = timedelta(seconds=75)  # two checks missed: she left, and comes back as another presence


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody at a screen: who, by which session, for which desks."""

    user: int
    session: str
    desks: frozenset[int]


def seat_of(user: User, session: str) -> Seat:
    return Seat(user.pk, session, frozenset(user.desks.values_list("pk", flat=True)))


def take_seat(user: User, session: str) -> Seat:
    """She is there from now on."""
    seat = seat_of(user, session)
    _note(seat)
    return seat


def still_there(seat: Seat) -> Seat | None:
    """The seat as it is now, and that she is there; None for who signed out, was closed, or lost her role."""
    user = User.objects.filter(pk=seat.user, is_active=True).first()
    if user is None or not user.is_operator or not lives(seat.session):
        return None
    now = seat_of(user, seat.session)
    _note(now)
    return now


def _note(seat: Seat) -> None:
    """One presence per desk goes on while she is seen; two browsers of hers are one presence."""
    now = clock.now()
    lately = Presence.objects.filter(operator_id=seat.user, desk__in=seat.desks, seen_at__gt=now - GONE_AFTER)
    going_on = dict(lately.values_list("desk").annotate(last=Max("pk")))
    Presence.objects.filter(pk__in=going_on.values()).update(seen_at=now)
    Presence.objects.bulk_create(
        [
            Presence(desk_id=desk, operator_id=seat.user, began_at=now, seen_at=now)
            for desk in sorted(seat.desks - set(going_on))
        ]
    )
