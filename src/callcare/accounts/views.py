"""Signing in and out, one's own account, and the accounts of the others."""

from typing import Any

from allauth.account import views as library
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.models import Session
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from callcare.accounts import actions
from callcare.accounts.enums import Role
from callcare.accounts.forms import (
    AccountForm,
    ClosureForm,
    CodeForm,
    CodeRequestForm,
    FirstPassphraseForm,
    InviteForm,
    LoginForm,
    PassphraseForm,
    RolesForm,
)
from callcare.accounts.models import User
from callcare.accounts.requests import allow, anybody_known, person
from callcare.core import clock
from callcare.core.deeds import Refused


class Answers422:
    """A form that was not right is answered with 422, like everywhere in the house."""

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if response.status_code == 200:
            response.status_code = 422
        return response


class Login(Answers422, library.LoginView):  # type: ignore[misc]  # untyped library
    form_class = LoginForm

    def get_context_data(self, **facts: Any) -> dict[str, Any]:
        known: dict[str, Any] = super().get_context_data(**facts)
        return known | {"code_form": CodeRequestForm(auto_id="code_%s")}


class RequestCode(Answers422, library.RequestLoginCodeView):  # type: ignore[misc]
    form_class = CodeRequestForm


class ConfirmCode(Answers422, library.ConfirmLoginCodeView):  # type: ignore[misc]
    form_class = CodeForm


class ChangePassphrase(Answers422, library.PasswordChangeView):  # type: ignore[misc]
    form_class = PassphraseForm


class ChoosePassphrase(Answers422, library.PasswordSetView):  # type: ignore[misc]
    form_class = FirstPassphraseForm


login = login_not_required(Login.as_view())
request_code = login_not_required(RequestCode.as_view())
confirm_code = login_not_required(ConfirmCode.as_view())
inactive = login_not_required(library.account_inactive)
logout = login_not_required(library.LogoutView.as_view())
change_passphrase = anybody_known(ChangePassphrase.as_view())
choose_passphrase = anybody_known(ChoosePassphrase.as_view())


@anybody_known
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: name, shortcuts, and the way to the passphrase and the sessions."""
    me = person(request)
    form = AccountForm(request.POST or None, instance=User.objects.get(pk=me.pk))
    if form.is_valid():
        facts = form.cleaned_data
        actions.settle(User.objects.get(pk=me.pk), name=facts["display_name"], shortcuts=facts["shortcuts"], by=me)
        messages.success(request, "Votre compte est réglé.")
        return redirect("accounts:account")
    return _form(request, "accounts/account.html", form, me=me)


@anybody_known
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Where this account is open: which browser, since when."""
    live = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    mine = UserSession.objects.filter(user=person(request), session_key__in=live).order_by("-created_at")
    here = request.session.session_key
    return render(request, "accounts/sessions.html", {"sessions": mine, "here": here})


@anybody_known
@require_POST
def session_closure(request: HttpRequest) -> HttpResponse:
    """Close one session (`which` = its number) or all the others."""
    which = request.POST.get("which", "")
    here = request.session.session_key
    if which == "all":
        closed = actions.end_sessions(person(request), but=here)
    else:
        closed = actions.end_sessions(person(request), only=_number(which), but=here)
    words = "Cette connexion était déjà fermée." if not closed else "C’est fermé."
    messages.success(request, words)
    return redirect("accounts:sessions")


def _number(text: str) -> int:
    """The number somebody sent; 0, which is nobody's, where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


@allow(Role.ADMIN)
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Everybody who may sign in, and those who no longer may."""
    known = User.objects.visible_to(person(request)).order_by("-is_active", "display_name", "pk")
    page = Paginator(known, 50).get_page(request.GET.get("page"))
    return render(request, "accounts/list.html", {"page": page})


@allow(Role.ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """Open an account for somebody."""
    form = InviteForm(request.POST or None)
    if form.is_valid():
        facts = form.cleaned_data
        try:
            user = actions.invite(email=facts["email"], name=facts["name"], roles=facts["roles"], by=person(request))
        except Refused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, f"Le compte de {user} est ouvert : le code de connexion ira à {user.email}.")
            return redirect("accounts:page", user.ref)
    return _form(request, "accounts/invitation.html", form)


@allow(Role.ADMIN)
@require_safe
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """One account and its life."""
    user = _found(request, ref)
    forms_of = {"roles_form": RolesForm({"roles": user.roles}), "closure_form": ClosureForm()}
    return render(request, "accounts/page.html", {"account": user, **forms_of, "failed": None})


@allow(Role.ADMIN)
@require_POST
def roles(request: HttpRequest, ref: str) -> HttpResponse:
    """Say anew what this person is for the house."""
    user, form = _found(request, ref), RolesForm(request.POST)
    if form.is_valid():
        try:
            actions.set_roles(user, roles=form.cleaned_data["roles"], by=person(request))
        except Refused as refusal:
            form.add_error("roles", str(refusal))
        else:
            messages.success(
                request, f"Les rôles de {user} ont changé. À sa prochaine page, il faudra se reconnecter."
            )
            return redirect("accounts:page", ref)
    return _page_again(request, ref, roles_form=form)


@allow(Role.ADMIN)
@require_POST
def closure(request: HttpRequest, ref: str) -> HttpResponse:
    """Close this account, for a reason."""
    user, form = _found(request, ref), ClosureForm(request.POST)
    if form.is_valid():
        try:
            actions.close_account(user, by=person(request), because=form.cleaned_data["because"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Le compte de {user} est fermé, ses connexions aussi.")
            return redirect("accounts:page", ref)
    return _page_again(request, ref, closure_form=form)


@allow(Role.ADMIN)
@require_POST
def reopening(request: HttpRequest, ref: str) -> HttpResponse:
    """Open this account again."""
    user = _found(request, ref)
    actions.reopen_account(user, by=person(request))
    messages.success(request, f"Le compte de {user} est rouvert.")
    return redirect("accounts:page", ref)


def _found(request: HttpRequest, ref: str) -> User:
    return get_object_or_404(User.objects.visible_to(person(request)), ref=ref)


def _page_again(request: HttpRequest, ref: str, **wrong: forms.Form) -> HttpResponse:
    """The account's page, with the form that was not right in its place."""
    user = _found(request, ref)
    forms_of = {"roles_form": RolesForm({"roles": user.roles}), "closure_form": ClosureForm(), **wrong}
    facts = {"account": user, **forms_of, "failed": next(iter(wrong.values()))}
    return render(request, "accounts/page.html", facts, status=422)


def _form(request: HttpRequest, template: str, form: forms.BaseForm, **facts: object) -> HttpResponse:
    return render(request, template, {"form": form, **facts}, status=422 if form.errors else 200)
