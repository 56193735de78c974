"""Both sides face to face, and the very letters that will leave."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from callcare.accounts.enums import Role
from callcare.accounts.models import User
from callcare.accounts.requests import allow, person
from callcare.core.deeds import Refused
from callcare.desk.calendar import after_open_days
from callcare.desk.rules import wordings
from callcare.introductions import actions, mails
from callcare.introductions.enums import Side
from callcare.introductions.forms import PairForm
from callcare.introductions.models import Introduction
from callcare.introductions.permissions import may_see_contacts
from callcare.introductions.requests import Pair, pair_of
from callcare.matching.lines import offered_by, this_day, wanted_by
from callcare.matching.rules import scores
from callcare.matching.weights import in_force

PREVIEW = "preview"
SAID = {
    "introduce": "Le courrier est écrit aux deux : il part tout de suite.",
    "ask": "La proposition est faite, et la question part par courriel.",
    "propose": "La proposition est faite. Il reste à obtenir les accords.",
}


@allow(Role.OPERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Choose who speaks, tick what each allows, read what each will receive: then one key introduces them."""
    user, pair = person(request), pair_of(request)
    try:
        sketch = actions.sketch(**pair.facts)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("needs:page", pair.need.ref)
    mails.read_channels(sketch)
    asked = request.POST.get("deed", "") if request.method == "POST" else "see"
    hidden = _hidden(user, sketch)
    form = PairForm(request.POST if request.method == "POST" else None, sketch=sketch, hidden=hidden)
    refusal, status = "", 200
    if form.is_bound and not form.is_valid():
        status = 200 if asked == PREVIEW else 422
    elif form.is_bound and asked != PREVIEW:
        try:
            introduction = _do(asked, user, pair, form)
        except Refused as refused:
            refusal, status = str(refused), 409
        else:
            messages.success(request, SAID.get(asked, SAID["propose"]))
            return redirect("introductions:page", introduction.ref)
    context = {
        "form": form, "need": sketch.need, "refusal": refusal, "sides": _sides(hidden, sketch, form),
        "letters": _letters(user, hidden, sketch, form), "wording": wordings.ORAL[wordings.CURRENT],
    }  # fmt: skip
    return render(request, "introductions/propose.html", context, status=status)


def fit_of(pair: Pair) -> dict[str, Any]:
    """The score and the reasons the operator sees, kept with the introduction."""
    need_line, commitment_line = pair.facts.get("need_line"), pair.facts.get("commitment_line")
    if need_line is None or commitment_line is None:
        return {}
    today = this_day()
    fit = scores.fit(wanted_by(need_line), offered_by(commitment_line), today=today, settings=in_force())
    return {"score": fit.score, "reasons": [reason.text for reason in fit.reasons]}


def _do(name: str, user: User, pair: Pair, form: PairForm) -> Introduction:
    facts: dict[str, Any] = pair.facts | fit_of(pair)
    facts |= {f"{side}_person": form.cleaned_data[f"{side}_person"] for side in Side}
    facts |= {f"{side}_gives": form.newly_given(side) for side in Side}
    if name == "introduce":
        return actions.introduce_now(by=user, **facts)
    return actions.propose_by_mail(by=user, asks=name == "ask", **facts)


def _hidden(user: User, sketch: Introduction) -> list[Side]:
    """The sides whose contacts she may not read yet: a giver of another desk. The need is of her own."""
    is_ours = sketch.commitment is None or sketch.commitment.desk_id == sketch.desk_id
    return [] if is_ours or may_see_contacts(user, sketch, Side.GIVER) else [Side.GIVER]


def _sides(hidden: list[Side], sketch: Introduction, form: PairForm) -> list[dict[str, Any]]:
    return [
        {
            "side": side,
            "label": side.label,
            "organisation": mails.organisation_of(sketch, side),
            "facts": mails.side_facts(sketch, side),
            "is_hidden": side in hidden,
            "consent": sketch.consent_of(side),
            "has_people": is_anybody(form, side),
            "fields": form.shown(side),
        }
        for side in Side
    ]


def is_anybody(form: PairForm, side: Side) -> bool:
    """Is there a person to speak for this side? Without one nobody can say yes."""
    here = mails.organisation_of(form.sketch, side).pk
    return any(who.organisation_id == here for who in form.everybody)


def _letters(user: User, hidden: list[Side], sketch: Introduction, form: PairForm) -> list[dict[str, Any]]:
    """What each side will receive. Another desk's giver stays unnamed until the reveal, here too."""
    chosen = getattr(form, "cleaned_data", {})
    shown = Introduction(
        desk=sketch.desk, need=sketch.need, need_line=sketch.need_line, giver=sketch.giver,
        commitment=sketch.commitment, commitment_line=sketch.commitment_line,
        asker_person=chosen.get("asker_person") or sketch.asker_person,
        giver_person=chosen.get("giver_person") or sketch.giver_person,
    )  # fmt: skip
    allowed = {side: form.allowed(side) for side in Side}
    for side in hidden:
        allowed[side] = frozenset()
        setattr(shown, f"{side}_person", None)
    news_on = after_open_days(sketch.desk, days=actions.NEWS_AFTER)
    return [
        {
            "side": side,
            "letter": mails.introduced(shown, side, allowed=allowed, news_on=news_on, by=user),
            "is_hidden": side in hidden,
            "lacks": mails.other(side) in hidden,
        }
        for side in Side
    ]
