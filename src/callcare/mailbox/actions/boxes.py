"""Connecting a desk to its mailbox, and what its line says. A password is sealed, and never shown."""

from django.db.models.functions import Coalesce

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.core.sealed import seal
from callcare.desk.models import Desk
from callcare.mailbox.enums import MailboxVerb, Security
from callcare.mailbox.line import Trouble, is_loopback, opened
from callcare.mailbox.models import Mailbox

IN_CLEAR = "Sans protection, le mot de passe passerait en clair : choisissez TLS ou STARTTLS."


def open_mailbox(
    *,
    by: User | None,
    desk: Desk,
    address: str,
    host: str,
    login: str,
    password: str,
    port: int = 993,
    security: str = Security.TLS,
    folder: str = "INBOX",
    treated: str = "",
) -> Mailbox:
    """Connect a desk to one address."""
    with deed(MailboxVerb.MAILBOX_OPENED, by=by):
        _must_set(by)
        _must_be_guarded(security, host)
        return Mailbox.objects.create(
            desk=desk,
            address=address.strip().lower(),
            host=host.strip(),
            port=port,
            security=security,
            login=login.strip(),
            sealed=seal({"password": password}),
            folder=folder.strip() or "INBOX",
            treated=treated.strip(),
        )


def set_mailbox(
    box: Mailbox,
    *,
    by: User | None,
    host: str,
    port: int,
    security: str,
    login: str,
    password: str,
    folder: str,
    treated: str,
    is_enabled: bool,
    because: str = "",
) -> None:
    """Change how a box is fetched, or stop fetching it. A password left empty stays as it is."""
    with deed(MailboxVerb.MAILBOX_SET, by=by, because=because):
        _must_set(by)
        _must_be_guarded(security, host)
        if box.is_enabled and not is_enabled and not because.strip():
            raise Refused("Dites pourquoi cette boîte est mise hors service.")
        moved = (box.host, box.login, box.folder) != (host, login, folder or "INBOX")
        box.host, box.port, box.security, box.login = host.strip(), port, security, login.strip()
        box.folder, box.treated, box.is_enabled = folder.strip() or "INBOX", treated.strip(), is_enabled
        if password:
            box.sealed = seal({"password": password})
            box.__dict__.pop("password", None)
        if moved:  # another folder numbers its mails anew
            box.uidvalidity, box.last_uid = None, 0
        box.trouble, box.trouble_at, box.connected_at = "", None, clock.now()
        box.save(update_fields=[
            "host", "port", "security", "login", "sealed", "folder", "treated", "is_enabled", "uidvalidity",
            "last_uid", "trouble", "trouble_at", "connected_at",
        ])  # fmt: skip


def try_mailbox(box: Mailbox) -> str:
    """Open the line as the worker does, and say what fails; "" when all is well. Nothing is fetched."""
    try:
        with opened(box) as line:
            line.after(box.last_uid)
    except Trouble as trouble:
        return str(trouble)
    return ""


def note_contact(box: Mailbox) -> None:
    """The server answered. No deed: it is the state of a line."""
    Mailbox.objects.filter(pk=box.pk).update(heard_at=clock.now(), trouble="", trouble_at=None)


def note_trouble(box: Mailbox, said: str) -> None:
    """The box cannot be fetched, and since when."""
    Mailbox.objects.filter(pk=box.pk).update(
        trouble=said[:200] or "La boîte ne se relève pas.", trouble_at=Coalesce("trouble_at", clock.now())
    )


def box_moved(box: Mailbox, uidvalidity: int) -> None:
    """The server numbers its mails anew: all are looked at again, and repeats are recognised by their bytes."""
    Mailbox.objects.filter(pk=box.pk).update(uidvalidity=uidvalidity, last_uid=0)
    box.uidvalidity, box.last_uid = uidvalidity, 0


def _must_set(by: User | None) -> None:
    if by is not None and not by.is_admin:
        raise Refused("Seule une administratrice règle les boîtes aux lettres.")


def _must_be_guarded(security: str, host: str) -> None:
    if security == Security.NONE and not is_loopback(host.strip()):
        raise Refused(IN_CLEAR)
