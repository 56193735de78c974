"""Mails put before the house, as a server would give them."""

from collections.abc import Iterable
from itertools import count

from callcare.core import clock
from callcare.mailbox import actions, raw
from callcare.mailbox.models import Mail, Mailbox, RawMail
from tests import cast

US = "contact@call-care.test"
CLAIRE = "claire@atelier.test"
_uids = count(1)


def box(address: str = US, **over: object) -> Mailbox:
    """The box of the desk of Lille."""
    known = Mailbox.objects.filter(address=address).first()
    if known:
        return known
    facts = {"desk": cast.lille_desk(), "host": "127.0.0.1", "login": "contact", "password": "secret"}
    opened = actions.open_mailbox(by=None, address=address, **{**facts, **over})
    actions.box_moved(opened, 1)
    return opened


def written(
    text: str = "Bonjour, il nous faudrait des ordinateurs.",
    *,
    sender: str = CLAIRE,
    to: str = US,
    subject: str = "Des ordinateurs",
    message_id: str = "",
    answers: Iterable[str] = (),
    follows: Iterable[str] = (),
    **headers: str,
) -> bytes:
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", "Date: Tue, 06 Apr 2021 10:00:00 +0200"]
    if message_id:
        lines.append(f"Message-ID: {message_id}")
    if answers:
        lines.append(f"In-Reply-To: {' '.join(answers)}")
    if follows:
        lines.append(f"References: {' '.join(follows)}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", ""]
    return "\r\n".join([*lines, text, ""]).encode()


def bring(*mails: bytes, into: Mailbox | None = None) -> list[int]:
    """Keep these bytes as the fetching does; nothing is read yet."""
    into = into or box()
    some = [raw.Fetched(next(_uids), one, clock.now()) for one in mails]
    raw.keep(into.pk, into.uidvalidity or 1, some)
    return [one.uid for one in some]


def arrive(*mails: bytes, into: Mailbox | None = None) -> list[Mail]:
    """Keep and read; the mails in the order they were given."""
    uids = bring(*mails, into=into)
    while actions.read_pending():
        pass
    rows = {row.uid: row for row in RawMail.objects.filter(uid__in=uids, mailbox=into or box())}
    return [Mail.objects.select_related("thread", "interaction").get(raw=rows[uid]) for uid in uids]
