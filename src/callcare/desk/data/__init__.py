"""Lines as operators type them: what the benchmark reads, and what a new grammar is tried on."""

from pathlib import Path


def capture_lines() -> list[str]:
    """A few hundred realistic lines, one per contact."""
    return (Path(__file__).parent / "lines.txt").read_text(encoding="utf-8").splitlines()
