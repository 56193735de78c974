"""From a request to a person, and from a page to those who may open it."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.deprecation import MiddlewareMixin

from callcare.accounts.enums import Role
from callcare.accounts.models import User

View = TypeVar("View", bound=Callable[..., Any])


def person(request: HttpRequest) -> User:
    """Who asks. Every page but the listed open ones demands a login, so there is always somebody."""
    user = cast("User", request.user)
    if request.user.is_authenticated and user.memo is None:
        user.memo = {}
    return user


def allow(*roles: Role) -> Callable[[View], View]:
    """Declare who may open a page: `@allow(Role.OPERATOR)`. A page that declares nobody is closed to all."""

    def declared(view: View) -> View:
        view.roles = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return declared


def asks_by_itself(view: View) -> View:
    """Declare a page that others ask for by the clock: being asked is no sign that somebody is there."""
    view.asks_by_itself = True  # type: ignore[attr-defined]
    return view


anybody_known = allow(*Role)


class RolesMiddleware(MiddlewareMixin):
    """Denies by default: a page behind the login is opened only to the roles it declares."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not getattr(view, "login_required", True) or not request.user.is_authenticated:
            return None  # an open page, or one for which LoginRequiredMiddleware asks for a login
        if not person(request).has_role(*getattr(view, "roles", ())):
            raise PermissionDenied
        return None

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """What is read behind the login stays in no cache; a fragment and its page share an address."""
        match = request.resolver_match
        if match and getattr(match.func, "login_required", True):
            patch_cache_control(response, no_store=True, private=True)
            patch_vary_headers(response, ["HX-Request"])
        return response
