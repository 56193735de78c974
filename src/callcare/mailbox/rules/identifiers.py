"""Message-IDs of the house: signed, so that an answer finds its thread and a forger does not."""

import hashlib
import hmac
import re
from collections.abc import Iterable

HMAC_DIGITS = 16
LONGEST_ID = 400  # what its column holds, and an index takes without complaint

_SIGNED = re.compile(r"<cc\.([A-Za-z0-9_-]{1,64})\.([0-9]{1,9})\.([0-9a-f]{16})@([^<>@\s]{1,253})>", re.ASCII)
_OF_THE_HOUSE = re.compile(r"<cc\.[A-Za-z0-9_.-]{1,100}@([^<>@\s]{1,253})>", re.ASCII)


def key_of(secret: str) -> bytes:
    """The key that signs identifiers, from a secret that also serves elsewhere."""
    return hmac.digest(secret.encode(), b"callcare.mailbox.identifiers", "sha256")


def signed(thread: str, n: int, key: bytes, domain: str) -> str:
    """The Message-ID of letter `n` of a thread."""
    return f"<cc.{thread}.{n}.{_seal(thread, str(n), key)}@{domain}>"


def verified(message_id: str, keys: Iterable[bytes], domains: frozenset[str]) -> tuple[str, int] | None:
    """The thread and the number of a letter that we signed with one of these keys; None for any other.

    `domains`, in lower case, are those of our boxes: a letter is signed in the domain of the one it leaves from.
    """
    found = _SIGNED.fullmatch(message_id[:LONGEST_ID])
    if not found or found[4].lower() not in domains:
        return None
    thread, n, seal = found[1], found[2], found[3]
    if not any(hmac.compare_digest(seal, _seal(thread, n, key)) for key in keys):
        return None
    return thread, int(n)


def looks_ours(message_id: str, domains: frozenset[str]) -> bool:
    """Does it have the form of our identifiers? A form proves nothing: never join a thread upon it."""
    found = _OF_THE_HOUSE.fullmatch(message_id[:LONGEST_ID])
    return bool(found and found[1].lower() in domains)


def synthetic(sha256: str) -> str:
    """An identifier for a mail that came without one, from the digest of its bytes: the same bytes give the same."""
    return f"<sha256.{sha256}@sans-identifiant.invalid>"


def shortened(message_id: str) -> str:
    """An identifier that an index can hold; a monstrous one is replaced by its digest, so that it still compares."""
    if len(message_id) <= LONGEST_ID:
        return message_id
    digest = hashlib.sha256(message_id.encode("utf-8", "replace")).hexdigest()
    return f"<long.{digest}@identifiant-trop-long.invalid>"


def _seal(thread: str, n: str, key: bytes) -> str:
    return hmac.digest(key, f"{thread}.{n}".encode(), "sha256").hex()[:HMAC_DIGITS]
