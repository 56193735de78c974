"""How each box is, in words an operator understands: does it speak, what waits, what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from callcare.accounts.models import User
from callcare.core import clock
from callcare.desk.calendar import calendar_of
from callcare.mailbox.enums import ParseState
from callcare.mailbox.models import Mailbox, RawMail

SILENT_AFTER = timedelta(minutes=10)
CONNECTS_WITHIN = timedelta(minutes=1)  # the worker looks every few seconds which boxes there are


@dataclass(frozen=True, slots=True)
class BoxState:
    """One box as its card shows it."""

    box: Mailbox
    waiting: int
    unreadable: int
    is_silent: bool  # no contact for ten minutes, while the desk is open

    @property
    def is_connecting(self) -> bool:
        """Connected, or set anew, a moment ago: nothing is late yet."""
        return _never_since_set(self.box) and clock.now() - self.box.connected_at < CONNECTS_WITHIN

    @property
    def label(self) -> str:
        if not self.box.is_enabled:
            return "hors service"
        if self.box.trouble:
            return "ne se relève plus"
        if self.is_connecting:
            return "connexion en cours"
        if self.box.heard_at is None:
            return "pas encore relevée"
        return "ne répond plus" if self.is_silent else "en service"

    @property
    def tone(self) -> str:
        if not self.box.is_enabled or self.box.trouble or self.is_silent:
            return "late"
        return "done" if self.box.heard_at else "wait"

    @property
    def what_to_do(self) -> str:
        """Nothing where all is well."""
        if not self.box.is_enabled:
            return ""
        if self.box.trouble:
            return (
                "Les courriels restent chez le fournisseur et seront relevés dès que la connexion revient : rien "
                "n’est perdu. En attendant, lisez-les sur sa page ; prévenez l’administratrice si cela dure."
            )
        if self.is_connecting:
            return "L’exécutant s’y connecte : la page le dira dans la minute."
        if self.box.heard_at is None or self.is_silent:
            return "Vérifiez que l’exécutant tourne : « ./callcare doctor » le dit. Rien n’est perdu entre-temps."
        return ""


def states(boxes: Iterable[Mailbox]) -> list[BoxState]:
    """Each with its counts: one statement for all of them."""
    some = list(boxes)
    rows = RawMail.objects.filter(mailbox__in=some, parse_state__in=[ParseState.PENDING, ParseState.UNREADABLE])
    counted = {
        pk: (waiting, unreadable)
        for pk, waiting, unreadable in rows.order_by()
        .values_list("mailbox")
        .annotate(
            waiting=Count("pk", filter=Q(parse_state=ParseState.PENDING)),
            unreadable=Count("pk", filter=Q(parse_state=ParseState.UNREADABLE)),
        )
    }
    return [BoxState(box, *counted.get(box.pk, (0, 0)), is_silent=_is_silent(box)) for box in some]


def _is_silent(box: Mailbox) -> bool:
    now = clock.now()
    return box.is_enabled and now - last_sign(box) > SILENT_AFTER and calendar_of(box.desk).is_open(now)


def last_sign(box: Mailbox) -> datetime:
    """When it last spoke; a box that was just set is given its time from then."""
    return max(box.heard_at or box.connected_at, box.connected_at)


def _never_since_set(box: Mailbox) -> bool:
    return box.heard_at is None or box.heard_at < box.connected_at


def in_trouble(user: User) -> list[BoxState]:
    """The boxes of her desk that do not speak: she is told where mails are listed. What waits is not counted."""
    late = Mailbox.objects.visible_to(user).filter(is_enabled=True).select_related("desk")
    late = late.filter(Q(heard_at=None) | Q(heard_at__lt=clock.now() - SILENT_AFTER) | ~Q(trouble=""))
    known = [BoxState(box, 0, 0, is_silent=_is_silent(box)) for box in late.order_by("address")]
    return [one for one in known if one.is_silent or one.box.trouble]
