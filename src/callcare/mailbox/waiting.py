"""The mails of a desk as its operators go through them: people first, oldest first, machines folded away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from callcare.accounts.models import User
from callcare.core import clock
from callcare.desk.calendar import calendar_of
from callcare.desk.enums import InteractionChannel, InteractionState, MailState
from callcare.desk.models import Desk, Interaction
from callcare.desk.rules.hours import Calendar
from callcare.mailbox.actions.reminding import answer_due
from callcare.mailbox.enums import MailKind
from callcare.mailbox.models import Answer, Mail, MailQuerySet
from callcare.mailbox.pieces import first_line

SHOWN = 5  # latest mails of a folded group
KEPT = timedelta(days=30)

# code: label, kinds
GROUPS: dict[str, tuple[str, tuple[MailKind, ...]]] = {
    "automatiques": ("Réponses automatiques", (MailKind.AUTO_REPLY, MailKind.RECEIPT)),
    "retours": ("Retours", (MailKind.BOUNCE,)),
    "diffusion": ("Diffusion", (MailKind.BULK,)),
    "indesirables": ("Indésirables", (MailKind.SPAM,)),
}


def to_treat(user: User) -> MailQuerySet:
    """Mails of people whose contact is still open."""
    mine = Mail.objects.visible_to(user).of_people()
    return mine.filter(Q(interaction=None) | Q(interaction__state=InteractionState.DRAFT))


def treated(user: User) -> MailQuerySet:
    return Mail.objects.visible_to(user).of_people().filter(interaction__state=InteractionState.FINAL)


def of_group(user: User, code: str) -> MailQuerySet:
    return Mail.objects.visible_to(user).filter(kind__in=GROUPS[code][1], copy_of=None)


def shown(rows: MailQuerySet) -> MailQuerySet:
    """With what a line of the list says."""
    answers = Answer.objects.filter(
        thread=OuterRef("thread"), by__isnull=False, created_at__gte=OuterRef("received_at")
    ).exclude(letter__state=MailState.HELD)
    return (
        rows.select_related(
            "desk", "thread", "interaction__organisation", "interaction__person", "interaction__operator"
        )
        .annotate(
            answered_at=Subquery(answers.order_by("created_at").values("created_at")[:1]),
            pieces_joined=Count("attachments", filter=Q(attachments__is_inline=False)),
        )
        .defer("html", "references", "in_reply_to", "failures")
    )


@dataclass(frozen=True, slots=True)
class Group:
    """Mails of machines, folded: how many in the last month, and the latest."""

    code: str
    label: str
    total: int
    latest: list[Mail]


def groups(user: User) -> list[Group]:
    """The folded groups that hold something. One statement, whatever there is."""
    mine = Mail.objects.visible_to(user).filter(copy_of=None, received_at__gt=clock.now() - KEPT)
    latest = _latest(mine.filter(kind__in=[kind for _, some in GROUPS.values() for kind in some]))
    totals: dict[str, int] = {mail.kind: mail.total for mail in latest}  # type: ignore[attr-defined]
    found = []
    for code, (label, some) in GROUPS.items():
        if total := sum(totals.get(kind, 0) for kind in some):
            rows = sorted((m for m in latest if m.kind in some), key=lambda m: m.received_at, reverse=True)
            found.append(Group(code, label, total, rows[:SHOWN]))
    return found


def _latest(rows: MailQuerySet) -> list[Mail]:
    """The latest few of each kind, each with how many there are of its kind."""
    number = Window(RowNumber(), partition_by=[F("kind")], order_by=[F("received_at").desc(), F("pk").desc()])
    total = Window(Count("pk"), partition_by=[F("kind")])
    ranked: QuerySet[Mail] = rows.annotate(number=number, total=total).filter(number__lte=SHOWN)
    return list(ranked.select_related("thread").defer("html", "text", "references", "in_reply_to"))


@dataclass(frozen=True, slots=True)
class Promise:
    """When an answer is owed; None where the desk has no hours."""

    at: datetime | None
    is_late: bool
    answered_at: datetime | None


def promises(rows: Iterable[Mail]) -> None:
    """Write on each mail what was promised: four open hours of its desk. One calendar a desk."""
    calendars: dict[int, Calendar] = {}
    now = clock.now()
    for mail in rows:
        if mail.desk_id not in calendars:
            calendars[mail.desk_id] = calendar_of(Desk(pk=mail.desk_id))
        answered = getattr(mail, "answered_at", None)
        at = answer_due(mail.received_at, calendars[mail.desk_id])
        mail.promise = Promise(at, bool(at and not answered and at < now), answered)  # type: ignore[attr-defined]


def waiting_mails(user: User) -> MailQuerySet:
    """Mails of people whose contact is still open: the number beside the menu."""
    return to_treat(user)


def line_of(contact: Interaction) -> str:
    """What the capture line of a mail's contact starts from: the first line its writer wrote."""
    if contact.channel != InteractionChannel.MAIL:
        return ""
    mail = Mail.objects.filter(interaction=contact.pk).only("text", "folds").first()
    return first_line(mail) if mail else ""
