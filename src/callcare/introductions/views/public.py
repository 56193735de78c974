"""The page of a personal link: no account, no contact detail, works without scripts.

Reading changes nothing, since mail scanners follow links too. The Referrer-Policy stays « same-origin »: with
« no-referrer » browsers hide where the answer comes from, and it would be taken for a forged one.
"""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from callcare.core.deeds import Refused
from callcare.desk.rules import wordings
from callcare.introductions import actions, mails
from callcare.introductions.disclosures import Passed, disclosures_about
from callcare.introductions.enums import IntroductionState
from callcare.introductions.forms import NoForm, YesForm
from callcare.introductions.models import Disclosure
from callcare.introductions.requests import Opened, opened_by

STATUS = {"expired": 410, "replaced": 410}
MOST = 200  # transmissions shown; nobody has had more


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """See what is proposed, in general terms; accept with the details one chooses, or decline with a reason."""
    opened = opened_by(token)
    is_answer = request.method == "POST"
    if opened.closed:
        status = 409 if is_answer else STATUS.get(opened.closed, 200)
        return _closed_page(request, opened, status=status)
    says_yes = request.POST.get("answer") == "yes"
    yes = YesForm(request.POST if is_answer and says_yes else None, introduction=opened.introduction, side=opened.side)
    no = NoForm(request.POST if is_answer and not says_yes else None)
    refusal = ""
    if is_answer and (yes if says_yes else no).is_valid():
        try:
            _say(opened, yes, no, says_yes=says_yes)
        except Refused as refused:
            refusal = str(refused)
        else:
            return redirect("introductions:answer", token)
    context = {
        "opened": opened, "yes": yes, "no": no, "refusal": refusal, "wording": wordings.WRITTEN[wordings.CURRENT],
        "mine": mails.side_facts(opened.introduction, opened.side),
        "theirs": mails.side_facts(opened.introduction, mails.other(opened.side)),
        "desk": opened.introduction.desk, "seen_url": _seen_url(request),
        "wrong": next((one for one in (yes, no) if one.errors), None),
    }  # fmt: skip
    return render(request, "introductions/answer.html", context, status=_status(is_answer=is_answer, refusal=refusal))


@login_not_required
@never_cache
@require_safe
def seen(request: HttpRequest, token: str) -> HttpResponse:
    """« Qui a vu mes coordonnées »: the person's own list, by her own link. Organisations and days; nobody's details.

    The link may have been forwarded: it says which details were passed on, and never shows them.
    """
    opened = opened_by(token)
    if opened.closed in STATUS:
        return _closed_page(request, opened, status=STATUS[opened.closed])
    somebody = mails.person_of(opened.introduction, opened.side)
    rows = disclosures_about(somebody) if somebody else Disclosure.objects.none()
    context = {
        "person": somebody, "rows": [Passed(row) for row in rows[:MOST]], "desk": opened.introduction.desk,
        "back": reverse("introductions:answer", args=[token]),
    }  # fmt: skip
    return render(request, "introductions/seen.html", context)


def _seen_url(request: HttpRequest) -> str:
    match = request.resolver_match
    return reverse("introductions:seen", args=[match.kwargs["token"]]) if match else ""


def _status(*, is_answer: bool, refusal: str) -> int:
    if refusal:
        return 409
    return 422 if is_answer else 200


def _say(opened: Opened, yes: YesForm, no: NoForm, *, says_yes: bool) -> None:
    if says_yes:
        actions.answer_by_link(opened.link, accepts=True, gives=frozenset(yes.cleaned_data["gives"]))
    else:
        facts = no.cleaned_data
        actions.answer_by_link(opened.link, accepts=False, reason=facts["reason"], because=facts["because"])


def _closed_page(request: HttpRequest, opened: Opened, *, status: int) -> HttpResponse:
    context = {
        "opened": opened,
        "desk": opened.introduction.desk,
        "is_declined": opened.introduction.state == IntroductionState.DECLINED,
        "is_sent": opened.introduction.sent_at is not None,
        "is_waiting_for_the_desk": not opened.introduction.sides_without_consent(),
        "seen_url": "" if opened.closed in STATUS else _seen_url(request),
    }
    return render(request, "introductions/answered.html", context, status=status)
