"""Bytes that leave as files, whatever they are."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

LOCKED = "default-src 'none'; sandbox"


def as_file(data: bytes, name: str) -> HttpResponse:
    """Bytes to keep, never to open as a page."""
    answer = HttpResponse(data, content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return locked(answer)


def locked(answer: HttpResponse) -> HttpResponse:
    """Nothing in it runs or loads, and nobody guesses its type."""
    answer["Content-Security-Policy"] = LOCKED
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
