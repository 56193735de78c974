"""Secrets of others that we must be able to use again (a provider's signing key): sealed before they are stored.

Sealed with Fernet (AES-128-CBC and HMAC-SHA256) under a key derived from the house’s own; a stolen copy of the
database opens nothing. Former keys are still tried, so that the key can be changed.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unopened(Exception):
    """The key that sealed this is not the house's any more."""


@lru_cache(maxsize=4)
def _box(*keys: str) -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"callcare.sealed").derive(key.encode())


def _ours() -> MultiFernet:
    return _box(settings.FIELD_KEY, *settings.FIELD_KEY_FALLBACKS)


def seal(words: Mapping[str, str]) -> bytes:
    """These words, readable by the house alone; nothing for nothing."""
    return _ours().encrypt(json.dumps(dict(words)).encode()) if words else b""


def unseal(sealed: bytes) -> dict[str, str]:
    """What was sealed. Raises Unopened when the key is gone."""
    if not sealed:
        return {}
    try:
        opened = json.loads(_ours().decrypt(bytes(sealed)))
    except InvalidToken as error:
        raise Unopened from error
    return {str(name): str(word) for name, word in opened.items()}
