"""Where letters leave the house, over SMTP. Called by the job only: nobody waits for a mail server on a page."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from email.header import Header
from email.utils import format_datetime, formataddr
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address
from django.utils.crypto import salted_hmac

from callcare.core import clock
from callcare.desk.enums import MailManner

if TYPE_CHECKING:
    from callcare.desk.models import OutgoingMail

# What a letter tells the machines that receive it (RFC 3834): only somebody's own answer may be answered by a machine.
SAYS: dict[str, dict[str, str]] = {
    MailManner.NOTICE: {"Auto-Submitted": "auto-generated"},
    MailManner.PERSON: {},
    MailManner.RECEIPT: {
        "Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All", "Precedence": "bulk",
    },
}  # fmt: skip

_kept_inside: ContextVar[bool] = ContextVar("kept_inside", default=False)


@contextmanager
def kept_inside() -> Iterator[None]:
    """Letters written in here are marked sent at the clock's instant and never leave: for the replayed month."""
    token = _kept_inside.set(True)
    try:
        yield
    finally:
        _kept_inside.reset(token)


def keeps_inside() -> bool:
    """Are we replaying history, whose letters must not leave?"""
    return _kept_inside.get()


def message_id(key: str) -> str:
    """The same key gives the same Message-ID for ever: a letter that left twice can be dropped by who receives it."""
    return f"<cc.{salted_hmac('callcare.letters', key).hexdigest()[:32]}@{settings.MAIL_DOMAIN}>"


def one_line(text: str) -> str:
    """No line break enters a header, whatever somebody typed."""
    return " ".join(text.split())


class _Letter(EmailMessage):
    """A long subject begins on the line of its name: some readers take an empty first line for no subject at all."""

    def message(self, **how: Any) -> Any:
        built = super().message(**how)
        built.replace_header("Subject", Header(str(self.subject), header_name="Subject"))
        return built


def message_of(letter: "OutgoingMail") -> EmailMessage:
    """The letter as it leaves."""
    desk = letter.desk
    address = letter.sender or next(iter(desk.mailboxes), "")
    sender = formataddr((desk.name, address)) if address else settings.DEFAULT_FROM_EMAIL
    return _Letter(
        subject=one_line(letter.subject),
        body=letter.body,
        from_email=sender,
        to=[formataddr((one_line(letter.to_name), letter.to))],
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers={"Message-ID": letter.message_id, "Date": format_datetime(clock.now())}
        | _thread(letter)
        | SAYS[letter.manner],
    )


def _thread(letter: "OutgoingMail") -> dict[str, str]:
    """What the letter answers, for the reader's own mail program."""
    said = {"In-Reply-To": letter.in_reply_to, "References": " ".join(letter.references)}
    return {name: one_line(value) for name, value in said.items() if value}


def send(letter: "OutgoingMail") -> None:
    """Hand the letter to the mail server; returns once it has answered 250. Raises OSError or SMTPException."""
    message = message_of(letter)
    line = get_connection()
    if letter.manner == MailManner.RECEIPT and isinstance(line, EmailBackend):
        _send_from_nobody(message, line)
    else:
        message.send()


def _send_from_nobody(message: EmailMessage, line: EmailBackend) -> None:
    """With an empty sender on the envelope: no machine answers it, and what comes back goes nowhere."""
    line.open()
    try:
        to = [sanitize_address(one, message.encoding or settings.DEFAULT_CHARSET) for one in message.recipients()]
        whole: Any = message.message()
        if line.connection is not None:
            line.connection.sendmail("", to, whole.as_bytes(linesep="\r\n"))
    finally:
        line.close()


def is_about_server(error: Exception) -> bool:
    """Is the mail server itself away, so that trying the next letter would be in vain?"""
    return isinstance(error, OSError) and not isinstance(
        error,
        smtplib.SMTPRecipientsRefused | smtplib.SMTPSenderRefused | smtplib.SMTPDataError,
    )


def is_for_good(error: Exception) -> bool:
    """Did the server say that this address will never do (a 5xx answer to the recipient)?"""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(500 <= code < 600 for code, _ in error.recipients.values())


def in_plain_words(error: Exception) -> str:
    """What went wrong, for an operator; the server's own words at the end where it said some."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, said = next(iter(error.recipients.values()))
            return f"L’adresse est refusée par le serveur du destinataire ({_answer(code, said)})."
        case smtplib.SMTPAuthenticationError():
            return "Le serveur d’envoi refuse notre mot de passe : prévenez l’administratrice."
        case smtplib.SMTPResponseException():
            return f"Le serveur d’envoi refuse le courrier ({_answer(error.smtp_code, error.smtp_error)})."
        case TimeoutError():
            return "Le serveur d’envoi ne répond pas à temps."
        case ConnectionError() | smtplib.SMTPServerDisconnected():
            return "Le serveur d’envoi est injoignable."
        case _:
            return f"L’envoi a échoué ({type(error).__name__})."


def _answer(code: int, said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {one_line(words)}"[:160].strip()
