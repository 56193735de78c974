"""The one door by which the house fetches something from elsewhere. Nothing else imports an HTTP client.

The name is resolved here and the connection goes to the very address that was checked: a name that answers with a
private address, or changes its mind in between, reaches nothing inside. No redirect is followed; size and time are
bounded.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

PATIENCE = 15.0  # seconds for a connection, and for each silence


class NotFetched(Exception):
    """Nothing came, for a reason fit to show."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back with a 200."""

    content_type: str
    body: bytes


def fetch(
    url: str,
    *,
    most: int,
    headers: Mapping[str, str] | None = None,
    patience: float = PATIENCE,
) -> Fetched:
    """The body behind an https address, at most `most` bytes of it; raises NotFetched.

    Plain http and this machine are only let through where CALLCARE_FETCH_LOOPBACK=1 says so (tests, demonstration).
    """
    try:
        parts = urlsplit(url)
        if parts.scheme not in _schemes() or not parts.hostname or parts.username or parts.password:
            raise NotFetched("L’adresse n’est pas une adresse https ordinaire.")
        address, port = _checked(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
        line = _connected(parts.scheme, parts.hostname, address, port, patience)
        try:
            path = parts.path or "/"
            asked = {"Host": parts.netloc, "User-Agent": "Call & Care", "Accept": "*/*", **(headers or {})}
            line.request("GET", f"{path}?{parts.query}" if parts.query else path, headers=asked)
            return _read(line.getresponse(), most)
        finally:
            line.close()
    except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
        raise NotFetched(f"Le serveur ne répond pas ({type(error).__name__}).") from error


def _schemes() -> frozenset[str]:
    return frozenset({"http", "https"}) if settings.FETCH_LOOPBACK else frozenset({"https"})


def _checked(host: str, port: int) -> tuple[str, int]:
    """The first address of this name, once all of them are public ones."""
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for text in found:
        if not may_reach(text):
            raise NotFetched("Cette adresse mène à l’intérieur d’un réseau : elle est refusée.")
    return found[0], port


def may_reach(text: str) -> bool:
    """Is this a public address? IPv6 forms that carry an IPv4 one are judged by it."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inside is not None:
            return may_reach(str(inside))
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return may_reach(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    if address.is_loopback:
        return bool(settings.FETCH_LOOPBACK)
    return address.is_global and not address.is_multicast


def _connected(scheme: str, host: str, address: str, port: int, patience: float) -> http.client.HTTPConnection:
    line = http.client.HTTPConnection(host, port, timeout=patience)
    line.sock = socket.create_connection((address, port), timeout=patience)
    if scheme == "https":
        line.sock = ssl.create_default_context().wrap_socket(line.sock, server_hostname=host)
    return line


def _read(answer: http.client.HTTPResponse, most: int) -> Fetched:
    if answer.status != http.client.OK:
        raise NotFetched(f"Le serveur répond {answer.status}.")
    body = answer.read(most + 1)
    if len(body) > most:
        raise NotFetched("Le fichier est trop grand.")
    return Fetched(answer.headers.get_content_type(), body)
