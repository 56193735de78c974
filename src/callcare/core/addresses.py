from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin


class PlainAddressMiddleware(MiddlewareMixin):
    """Refuses an address that holds a NUL: no text of the database can, so no page need think of it."""

    def process_request(self, request: HttpRequest) -> None:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the address")
