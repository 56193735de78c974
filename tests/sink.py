"""A real mail server on the loopback that keeps what it receives, and refuses what a test tells it to."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from django.test import override_settings

SMTP = "django.core.mail.backends.smtp.EmailBackend"


class Sink:
    """What arrived, in order. `refuses` holds addresses answered by 550."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.senders: list[str] = []  # as the envelope says
        self.refuses: set[str] = set()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refuses:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.raw.append(envelope.content)
        self.senders.append(envelope.mail_from)
        return "250 OK"

    @property
    def letters(self) -> list[EmailMessage]:
        return [message_from_bytes(raw.replace(b"\r\n", b"\n"), policy=policy.default) for raw in self.raw]

    def to(self, address: str) -> EmailMessage:
        [letter] = [one for one in self.letters if address in one["To"]]
        return letter


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def listening() -> Iterator[Sink]:
    """Django's letters go to this sink while it listens."""
    sink = Sink()
    port = _free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with override_settings(EMAIL_BACKEND=SMTP, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, EMAIL_USE_TLS=False):
            yield sink
    finally:
        controller.stop()


@contextmanager
def nobody_listens() -> Iterator[None]:
    """The mail server is away: a port where nothing answers."""
    with override_settings(EMAIL_BACKEND=SMTP, EMAIL_HOST="127.0.0.1", EMAIL_PORT=1, EMAIL_USE_TLS=False):
        yield
