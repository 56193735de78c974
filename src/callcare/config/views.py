from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import anybody_known, person

FIRST_PAGE = {
    Role.OPERATOR: "desk:console",
    Role.STEWARD: "report:review",
    Role.ADMIN: "accounts:list",
    Role.PARTNER: "introductions:space",
}


@anybody_known
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Everybody's first page: the one her first role works on."""
    for role, name in FIRST_PAGE.items():
        if person(request).has_role(role):
            try:
                return redirect(reverse(name))
            except NoReverseMatch:
                continue
    return redirect("accounts:account")
