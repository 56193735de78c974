"""References a person can read over the telephone: a letter, six characters, one check character (B-7K3Q-2F4).

They name a thing and open nothing: who may see it is decided by `visible_to`.
"""

import random
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from stdnum import luhn

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_MISHEARD = str.maketrans("ILO", "110")

_source: ContextVar[random.Random] = ContextVar("refs", default=secrets.SystemRandom())  # noqa: B039  # stateless


@contextmanager
def drawn_from(source: random.Random) -> Iterator[None]:
    """Draw the references from a seeded source: the demo is the same every time."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)


def new(letter: str) -> str:
    """A fresh reference of the given kind; unique by constraint, not by hope (see `core.again`)."""
    body = "".join(_source.get().choices(ALPHABET, k=6))
    body += luhn.calc_check_digit(body, alphabet=ALPHABET)
    return f"{letter}-{body[:4]}-{body[4:]}"


def token(digits: int) -> str:
    """So many hexadecimal digits that nobody guesses; the same every time where references are drawn from a seed."""
    return "".join(_source.get().choices("0123456789abcdef", k=digits))


def clean(text: str) -> str | None:
    """The reference somebody typed or spelled, in its one written form; None where it cannot be one."""
    packed = re.sub(r"[^0-9A-Z]", "", text.upper())
    letter, body = packed[:1], packed[1:].translate(_MISHEARD)
    if len(body) != 7 or not letter.isalpha() or not luhn.is_valid(body, alphabet=ALPHABET):
        return None
    return f"{letter}-{body[:4]}-{body[4:]}"
