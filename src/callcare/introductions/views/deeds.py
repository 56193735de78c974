"""The buttons of an introduction: find it among the rows one may see, call its action, say what was done."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.core.deeds import Refused
from callcare.introductions import actions
from callcare.introductions.enums import SLUGS, Side
from callcare.introductions.forms import BecauseForm, DeclineForm, SideConsentForm
from callcare.introductions.models import Introduction


def _find(request: HttpRequest, ref: str) -> Introduction:
    rows = Introduction.objects.visible_to(person(request)).for_list()
    return get_object_or_404(rows.select_related("asker_person", "giver_person"), ref=ref)


def _done(request: HttpRequest, ref: str, said: str, act: Callable[[Introduction], object]) -> HttpResponse:
    introduction = _find(request, ref)
    try:
        act(introduction)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("introductions:page", ref)


def _side(side: str) -> Side:
    found = next((which for which, slug in SLUGS.items() if slug == side), None)
    if found is None:
        raise Http404
    return found


def _why(request: HttpRequest) -> str:
    form = BecauseForm(request.POST)
    return form.cleaned_data["because"] if form.is_valid() else ""


@allow(Role.OPERATOR)
@require_POST
def consent(request: HttpRequest, ref: str, side: str) -> HttpResponse:
    """« Accord oral »: heard on the telephone, detail by detail."""
    form, which = SideConsentForm(request.POST), _side(side)

    def act(introduction: Introduction) -> None:
        if not form.is_valid():
            raise Refused("Cochez au moins une coordonnée.")
        gives = frozenset(form.cleaned_data["gives"])
        actions.record_side_consent(introduction, side=which, gives=gives, by=person(request))

    return _done(request, ref, "L’accord est noté.", act)


@allow(Role.OPERATOR)
@require_POST
def withdrawal(request: HttpRequest, ref: str, side: str) -> HttpResponse:
    """One side takes her yes back."""
    which, why = _side(side), _why(request)
    said = "L’accord est retiré : rien de plus ne sera transmis. Ce qui a été lu l’a été."

    def act(introduction: Introduction) -> None:
        actions.withdraw_side_consent(introduction, side=which, by=person(request), because=why)

    return _done(request, ref, said, act)


@allow(Role.OPERATOR)
@require_POST
def question(request: HttpRequest, ref: str, side: str) -> HttpResponse:
    """Ask one side by letter, with its personal link."""
    which = _side(side)
    said = "La question part par courriel, avec un lien personnel."
    return _done(request, ref, said, lambda it: actions.ask_by_link(it, side=which, by=person(request)))


@allow(Role.OPERATOR)
@require_POST
def sending(request: HttpRequest, ref: str) -> HttpResponse:
    """« Mettre en relation »."""
    said = "Le courrier est écrit aux deux : il part tout de suite."
    return _done(request, ref, said, lambda it: actions.introduce(it, by=person(request)))


@allow(Role.OPERATOR)
@require_POST
def contact(request: HttpRequest, ref: str) -> HttpResponse:
    """« Ils se sont parlé »."""
    said = "Noté : ils se sont parlé."
    return _done(request, ref, said, lambda it: actions.take_up(it, by=person(request), because=_why(request)))


@allow(Role.OPERATOR)
@require_POST
def success(request: HttpRequest, ref: str) -> HttpResponse:
    return _ended(request, ref, actions.succeed, "Mise en relation aboutie.")


@allow(Role.OPERATOR)
@require_POST
def no_help(request: HttpRequest, ref: str) -> HttpResponse:
    return _ended(request, ref, actions.no_help, "Close sans suite.")


@allow(Role.OPERATOR)
@require_POST
def unreachable(request: HttpRequest, ref: str) -> HttpResponse:
    return _ended(request, ref, actions.unreachable, "Close : injoignable.")


@allow(Role.OPERATOR)
@require_POST
def expiry(request: HttpRequest, ref: str) -> HttpResponse:
    return _ended(request, ref, actions.expire, "La proposition est close, faute de réponse.")


@allow(Role.OPERATOR)
@require_POST
def cancellation(request: HttpRequest, ref: str) -> HttpResponse:
    return _ended(request, ref, actions.cancel, "La mise en relation est annulée.")


@allow(Role.OPERATOR)
@require_POST
def reopening(request: HttpRequest, ref: str) -> HttpResponse:
    return _ended(request, ref, actions.reopen, "La mise en relation reprend.")


def _ended(request: HttpRequest, ref: str, action: Any, said: str) -> HttpResponse:
    return _done(request, ref, said, lambda it: action(it, by=person(request), because=_why(request)))


@allow(Role.OPERATOR)
@require_POST
def refusal(request: HttpRequest, ref: str) -> HttpResponse:
    """One side says no."""
    form = DeclineForm(request.POST)

    def act(introduction: Introduction) -> None:
        if not form.is_valid():
            raise Refused("Dites quel côté refuse, et pour quel motif.")
        facts = form.cleaned_data
        actions.decline(
            introduction, side=facts["side"], reason=facts["reason"], by=person(request), because=facts["because"]
        )

    return _done(request, ref, "Le refus est noté ; la piste est écartée.", act)


@allow(Role.PARTNER)
@require_POST
def told(request: HttpRequest, ref: str) -> HttpResponse:
    """A partner's one button: « Nous nous sommes parlé »."""
    introduction = _find(request, ref)
    try:
        actions.take_up(introduction, by=person(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Merci. Le guichet le sait.")
    return redirect("introductions:space")
