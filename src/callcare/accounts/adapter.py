from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # untyped library
    """Nobody opens an account by herself: the deed `invite` does."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
