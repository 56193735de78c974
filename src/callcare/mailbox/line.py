"""The line to a mail server: IMAP, guarded by TLS or not opened at all. Whatever fails is said in plain French."""

import contextlib
import imaplib
import re
import socket
import ssl
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from ipaddress import ip_address
from typing import Any

from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.utils import encode_folder

from callcare.core.sealed import Unopened
from callcare.mailbox.enums import Security
from callcare.mailbox.models import Mailbox
from callcare.mailbox.raw import Fetched

PATIENCE = 30.0  # seconds of silence in the middle of a command
LARGEST = 64 * 1024 * 1024  # of one mail: what exceeds it is left on the server
AT_ONCE = 400  # numbers named in one command
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_FACTS = re.compile(
    rb'(?=.*\bUID (?P<uid>\d+))(?=.*\bRFC822\.SIZE (?P<size>\d+))(?=.*\bINTERNALDATE "(?P<at>[^"]+)")', re.DOTALL
)


class Trouble(Exception):
    """Why a box cannot be fetched, as it is shown. `is_for_people`: nothing will change until somebody acts."""

    def __init__(self, said: str, *, is_for_people: bool = False) -> None:
        super().__init__(said)
        self.is_for_people = is_for_people


class NoGuard(OSError):
    """The server has no STARTTLS."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the server says of a mail before it is fetched."""

    uid: int
    size: int
    internal_date: datetime | None


def is_loopback(host: str) -> bool:
    """Is it this machine, so that nobody listens in between?"""
    if host.lower() in {"localhost", "localhost."}:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@contextlib.contextmanager
def opened(box: Mailbox) -> Iterator["Line"]:
    """A line to the folder of this box; every failure inside becomes Trouble."""
    with _said(box):
        client = _connected(box)
        line = Line(client, box)
        try:
            line.enter()
            yield line
        finally:
            line.close()


def _connected(box: Mailbox) -> BaseMailBox:
    context = ssl.create_default_context()
    if box.security == Security.TLS:
        return MailBox(box.host, box.port, timeout=PATIENCE, ssl_context=context)
    if box.security == Security.STARTTLS:
        return _Guarded(box.host, box.port, timeout=PATIENCE, ssl_context=context)
    if not is_loopback(box.host):
        raise Trouble(
            "Sans protection, le mot de passe passerait en clair : choisissez TLS ou STARTTLS.", is_for_people=True
        )
    return MailBoxUnencrypted(box.host, box.port, timeout=PATIENCE)


class _Guarded(MailBoxStartTls):
    """Raises where the server has no STARTTLS, and closes what was opened: never on in clear."""

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4(self._host, self._port, self._timeout)
        try:
            if "STARTTLS" in client.capabilities and client.starttls(self._ssl_context)[0] == "OK":
                return client
        except Exception:
            client.shutdown()
            raise
        client.shutdown()
        raise NoGuard


class Line:
    """One folder of one box, as long as the connection lives."""

    def __init__(self, client: BaseMailBox, box: Mailbox) -> None:
        self.client, self.box = client, box
        self.uidvalidity = 0
        self._knows: set[str] = set()

    @property
    def _imap(self) -> imaplib.IMAP4:
        client: imaplib.IMAP4 = self.client.client
        return client

    def enter(self) -> None:
        login, password = self.box.login, self.box.password
        is_plain = login.isascii() and password.isascii()
        sign_in = self.client.login if is_plain else self.client.login_utf8
        sign_in(login, password, initial_folder=None)
        said = self._imap.capability()[1]  # servers say more of themselves to whoever signed in
        self._knows = {word.upper() for one in said if one for word in bytes(one).decode("ascii", "replace").split()}
        self.client.folder.set(self.box.folder)
        said = self._imap.response("UIDVALIDITY")[1]
        if not said or not said[-1]:
            raise Trouble("Le serveur ne numérote pas ses courriels : cette boîte ne peut pas être relevée.")
        self.uidvalidity = int(said[-1])
        if self.box.treated and not self.client.folder.exists(self.box.treated):
            self.client.folder.create(self.box.treated)

    def close(self) -> None:
        with contextlib.suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
            self._imap.sock.settimeout(2)
            self.client.logout()
        with contextlib.suppress(OSError):
            self._imap.shutdown()

    def break_off(self) -> None:
        """From another thread: whoever waits on this line stops waiting."""
        with contextlib.suppress(OSError):
            self._imap.sock.shutdown(socket.SHUT_RDWR)

    def after(self, last: int) -> list[int]:
        """The numbers above `last`. The server names its last mail even when it is not above."""
        return [uid for uid in self._search(f"UID {last + 1}:*") if uid > last]

    def since(self, day: date, *, unseen: bool = False) -> list[int]:
        return self._search(f"SINCE {day.day}-{MONTHS[day.month - 1]}-{day.year}{' UNSEEN' if unseen else ''}")

    def facts(self, uids: Sequence[int]) -> list[Facts]:
        """Size and date of these, ascending; one that is gone meanwhile is left out."""
        found: dict[int, Facts] = {}
        for some in _some(uids):
            for said in self._uid("FETCH", some, "(UID RFC822.SIZE INTERNALDATE)"):
                line = said[0] if isinstance(said, tuple) else said
                if isinstance(line, bytes) and (match := _FACTS.search(line)):
                    uid = int(match["uid"])
                    found[uid] = Facts(uid, int(match["size"]), _instant(match["at"]))
        return [found[uid] for uid in sorted(found)]

    def fetch(self, one: Facts) -> Fetched | None:
        """Its bytes as they are, without marking it; None when it is gone."""
        part = "BODY.PEEK[]" if one.size <= LARGEST else f"BODY.PEEK[]<0.{LARGEST}>"
        for said in self._uid("FETCH", str(one.uid), f"({part})"):
            if isinstance(said, tuple) and b"BODY[]" in said[0].upper():
                return Fetched(one.uid, bytes(said[1]), one.internal_date)
        return None

    def acknowledge(self, uids: Sequence[int]) -> None:
        """Say that these are kept: moved aside where a folder is named, else marked read; never deleted."""
        for some in _some(uids):
            if self.box.treated and "MOVE" in self._knows:
                self._uid("MOVE", some, encode_folder(self.box.treated))
            else:
                self._uid("STORE", some, "+FLAGS.SILENT", r"(\Seen)")

    def leaves_unmoved(self) -> bool:
        """Does what was kept stay in the folder, marked read?"""
        return not (self.box.treated and "MOVE" in self._knows)

    @property
    def can_idle(self) -> bool:
        return "IDLE" in self._knows

    def idle(self, seconds: float) -> None:
        """Wait for news; they are a hint, whoever calls looks anyway. A NOOP makes the server look, too."""
        with self.client.idle as idling:
            idling.poll(timeout=seconds)
        self.noop()

    def noop(self) -> None:
        status, said = self._imap.noop()
        if status != "OK":
            raise imaplib.IMAP4.abort(str(said))

    def _search(self, what: str) -> list[int]:
        found = self._uid("SEARCH", what)
        return sorted({int(word) for one in found if one for word in bytes(one).split() if word.isdigit()})

    def _uid(self, command: str, *words: Any) -> list[Any]:
        status, said = self._imap.uid(command, *words)
        if status != "OK":
            raise Trouble(f"Le serveur refuse une commande ({command} : {_words(said)}).")
        return list(said)


def _some(uids: Sequence[int]) -> Iterator[str]:
    for at in range(0, len(uids), AT_ONCE):
        yield ",".join(str(uid) for uid in uids[at : at + AT_ONCE])


def _instant(said: bytes) -> datetime | None:
    try:
        return datetime.strptime(said.decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z")
    except ValueError:
        return None


def _words(said: Iterable[Any]) -> str:
    text = " ".join(one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in said)
    return " ".join(text.split())[:120]


@contextlib.contextmanager
def _said(box: Mailbox) -> Iterator[None]:
    """Whatever the line or the server does, in words that say what to do."""
    try:
        yield
    except Trouble:
        raise
    except (Unopened, ImapToolsError, imaplib.IMAP4.error, OSError) as error:
        raise _trouble(box, error) from error


def _trouble(box: Mailbox, error: Exception) -> Trouble:
    for kind, words, is_for_people in _SAID:
        if isinstance(error, kind):
            facts = {"host": box.host, "port": box.port, "folder": box.folder, "guard": _guard(box)}
            said = getattr(error, "verify_message", "") or _words([error])
            return Trouble(words.format(said=said, **facts), is_for_people=is_for_people)
    return Trouble("La connexion au serveur a été coupée.")


def _guard(box: Mailbox) -> str:
    return "TLS" if box.security == Security.TLS else "STARTTLS"


# The first that fits; the last word says whether somebody has to act before anything changes.
_SAID: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, bool], ...] = (
    (
        Unopened,
        "Le mot de passe noté ne s’ouvre plus : la clé de la maison a changé. Saisissez-le de nouveau.",
        True,
    ),
    (MailboxLoginError, "Le serveur refuse l’identifiant ou le mot de passe.", True),
    (MailboxFolderSelectError, "Le dossier « {folder} » n’existe pas sur le serveur.", True),
    (
        ssl.SSLCertVerificationError,
        "Le certificat du serveur n’est pas valable ({said}). Rien ne lui a été dit.",
        True,
    ),
    (
        (NoGuard, ssl.SSLError),
        "Le serveur ne protège pas la connexion par {guard} : rien ne lui a été dit en clair. Vérifiez le port.",
        True,
    ),
    (socket.gaierror, "Le serveur « {host} » est introuvable : vérifiez son nom.", True),
    (ConnectionRefusedError, "Le serveur « {host} » refuse la connexion sur le port {port}.", False),
    (TimeoutError, "Le serveur « {host} » ne répond pas à temps.", False),
    ((imaplib.IMAP4.abort, OSError), "La connexion au serveur a été coupée.", False),
    (Exception, "Le serveur répond autrement que prévu ({said}).", False),
)
