"""Where voice messages lie: files with drawn names, outside of what the web server serves."""

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

MOST = 25 * 1024 * 1024  # bytes; an hour of telephone sound is less
# What the bytes begin with, whatever the provider says they are.
SOUNDS = {
    b"RIFF": "audio/wav",
    b"ID3": "audio/mpeg",
    b"\xff\xfb": "audio/mpeg",
    b"\xff\xf3": "audio/mpeg",
    b"\xff\xf2": "audio/mpeg",
    b"OggS": "audio/ogg",
    b"fLaC": "audio/flac",
}


class NotASound(Exception):
    """The bytes are no recording."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A recording as it lies on the disk."""

    name: str
    content_type: str
    size: int
    sha256: str


def folder() -> Path:
    place = Path(settings.MEDIA_ROOT) / "messages"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def kind_of(body: bytes) -> str:
    """The format by the first bytes; raises NotASound. A page that says « link expired » is no message."""
    if body[4:8] == b"ftyp":
        return "audio/mp4"
    for begins, kind in SOUNDS.items():
        if body.startswith(begins) and (begins != b"RIFF" or body[8:12] == b"WAVE"):
            return kind
    raise NotASound


def store(body: bytes) -> Stored:
    """Write a recording under a name nobody can guess."""
    kind = kind_of(body)
    name = secrets.token_hex(20)
    path = folder() / name
    path.write_bytes(body)
    path.chmod(0o600)
    return Stored(name, kind, len(body), hashlib.sha256(body).hexdigest())


def path_of(name: str) -> Path:
    """Where a stored recording lies; the name is ours, and one of ours only."""
    if not name.isalnum():
        raise ValueError(name)
    return folder() / name


def remove(name: str) -> None:
    path_of(name).unlink(missing_ok=True)
