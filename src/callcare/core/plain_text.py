"""No text of the database can hold a NUL: what a browser sends is freed of it before any page thinks of it."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict
from django.utils.deprecation import MiddlewareMixin

NUL = "\x00"


class PlainTextMiddleware(MiddlewareMixin):
    """Refuses an address that holds a NUL; takes it out of what is posted, where no reader could see it anyway."""

    def process_request(self, request: HttpRequest) -> None:
        if NUL in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the address")
        if request.method == "POST" and any(NUL in text for _, texts in request.POST.lists() for text in texts):
            request.POST = _without(request.POST)  # type: ignore[assignment]  # as mutable as Django's own


def _without(posted: QueryDict) -> QueryDict:
    kept = posted.copy()
    for name, texts in posted.lists():
        kept.setlist(name, [str(text).replace(NUL, "") for text in texts])
    kept._mutable = False
    return kept
