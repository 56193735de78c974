"""Sound, made and measured with the standard library: a tone, its G.711 A-law form, the loudness of a recording."""

import io
import math
import struct
import wave
from itertools import pairwise
from pathlib import Path

RATE = 8000  # samples a second, as on any telephone
LOUDEST = 32635


def tone(seconds: float, *, pitch: int = 440, loudness: int = 8000) -> list[int]:
    return [round(loudness * math.sin(2 * math.pi * pitch * step / RATE)) for step in range(int(seconds * RATE))]


def alaw(sample: int) -> int:
    """One sample as G.711 sends it: sign, exponent, four bits of mantissa, every other bit turned over."""
    sign, size = (0x80, sample) if sample >= 0 else (0x00, -sample - 1)
    size = min(max(size, 0), LOUDEST) >> 3
    exponent = max(size.bit_length() - 5, 0)
    mantissa = (size >> max(exponent, 1)) & 0x0F
    return (sign | exponent << 4 | mantissa) ^ 0x55


def write_alaw(path: Path, samples: list[int]) -> None:
    path.write_bytes(bytes(alaw(sample) for sample in samples))


def write_wav(path: Path, samples: list[int]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))


def heard(content: bytes) -> tuple[int, float, float]:
    """Rate, seconds and loudness (root mean square) of a recording."""
    rate, samples = _samples(content)
    return rate, len(samples) / rate, math.sqrt(sum(one * one for one in samples) / max(len(samples), 1))


def pitch(content: bytes) -> float:
    """The pitch of the loud part of a recording, in Hz: how often it crosses zero upwards."""
    rate, samples = _samples(content)
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    crossings = sum(before < 0 <= after for before, after in pairwise(middle))
    return crossings * rate / len(middle)


def _samples(content: bytes) -> tuple[int, tuple[int, ...]]:
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        count = file.getnframes()
        return file.getframerate(), struct.unpack(f"<{count}h", file.readframes(count))
