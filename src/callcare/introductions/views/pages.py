"""The list, the page of one introduction, what needs and commitments show of theirs, and the partners' own space."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from callcare.accounts.enums import Role
from callcare.accounts.models import User
from callcare.accounts.requests import allow, person
from callcare.commitments.models import Commitment
from callcare.core.listing import KeyPaginator
from callcare.core.replica import from_replica
from callcare.directory.models import Person
from callcare.introductions import mails
from callcare.introductions.disclosures import Passed, disclosures_about
from callcare.introductions.enums import SLUGS, IntroductionState, Side
from callcare.introductions.forms import BecauseForm, DeclineForm, SideConsentForm
from callcare.introductions.models import Introduction
from callcare.introductions.permissions import may_keep, may_see_contacts
from callcare.needs.models import Need


@allow(Role.OPERATOR)
@require_safe
@from_replica
def introduction_list(request: HttpRequest) -> HttpResponse:
    """Every introduction of the desk, by state; « en retard » first asks who must be called."""
    state = request.GET.get("etat", "")
    rows = Introduction.objects.visible_to(person(request)).for_list()
    if state == "retard":
        rows = rows.late().order_by("next_action_at", "pk")
    elif state == "en-vie":
        rows = rows.live()
    elif state in IntroductionState.values:
        rows = rows.filter(state=state)
    context = {
        "page": KeyPaginator(rows, 25, shown=Introduction.objects.for_list()).get_page(request.GET.get("page")),
        "states": [("en-vie", "ouvertes"), ("retard", "en retard"), *IntroductionState.choices],
        "chosen": state,
    }
    return render(request, "introductions/list.html", context)


@allow(Role.OPERATOR)
@require_safe
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """Both sides, who has said yes, the exact letters, what to do next, and all that was done."""
    rows = Introduction.objects.visible_to(person(request)).for_list()
    rows = rows.select_related(
        "need_line__unit", "need_line__category", "commitment_line__unit", "commitment_line__category",
        "asker_person", "giver_person", "asker_consent", "giver_consent",
        "need__organisation__commune", "giver__commune", "commitment__commune",
    )  # fmt: skip
    introduction = get_object_or_404(rows, ref=ref)
    return render(request, "introductions/page.html", page_context(person(request), introduction))


def page_context(user: User, introduction: Introduction) -> dict[str, Any]:
    """What the page shows; also when one of its forms was not right."""
    is_proposed = introduction.state == IntroductionState.PROPOSED
    is_kept = may_keep(user, introduction)
    mails.read_channels(introduction)
    return {
        "introduction": introduction,
        "is_kept": is_kept,
        "is_proposed": is_proposed,
        "is_ready": is_proposed and not introduction.sides_without_consent(),
        "sides": [_side(introduction, side, is_seen=is_seen(user, introduction, side, is_kept)) for side in Side],
        "traces": introduction.disclosures.select_related("mail", "recipient").order_by("pk"),
        "moves": introduction.MOVES.get(introduction.state, frozenset()),
        "decline_form": DeclineForm(auto_id="refus_%s"),
        "because_form": BecauseForm(auto_id=False),
    }


def is_seen(user: User, introduction: Introduction, side: Side, is_kept: bool) -> bool:  # noqa: FBT001
    """May she read this side's contacts? Asked of the database only where another desk comes in."""
    case = introduction.need if side == Side.ASKER else introduction.commitment
    if is_kept and (case is None or case.desk_id == introduction.desk_id):
        return True
    return may_see_contacts(user, introduction, side)


def _side(introduction: Introduction, side: Side, *, is_seen: bool) -> dict[str, Any]:
    who = mails.person_of(introduction, side)
    organisation = mails.organisation_of(introduction, side)
    consent = introduction.consent_of(side)
    return {
        "side": side,
        "slug": SLUGS[side],
        "label": side.label,
        "organisation": organisation,
        "facts": mails.side_facts(introduction, side),
        "case": introduction.need if side == Side.ASKER else introduction.commitment,
        "person": who if is_seen else None,
        "is_hidden": not is_seen,
        "channels": mails.contact_lines(who, organisation) if is_seen else [],
        "consent": consent,
        "form": SideConsentForm(auto_id=f"{side}_%s"),
        "is_missing": not (consent and consent.is_live),
    }


@allow(Role.OPERATOR)
@require_safe
def of_need(request: HttpRequest, ref: str) -> HttpResponse:
    """The introductions of one need."""
    need = get_object_or_404(Need.objects.visible_to(person(request)), ref=ref)
    rows = Introduction.objects.visible_to(person(request)).for_list().filter(need_id=need.pk)
    return render(request, "introductions/panel.html", {"rows": rows[:20], "case": need, "is_need": True})


@allow(Role.OPERATOR)
@require_safe
def of_commitment(request: HttpRequest, ref: str) -> HttpResponse:
    """The introductions of one commitment."""
    commitment = get_object_or_404(Commitment.objects.visible_to(person(request)), ref=ref)
    rows = Introduction.objects.visible_to(person(request)).for_list().filter(commitment_id=commitment.pk)
    return render(request, "introductions/panel.html", {"rows": rows[:20], "case": commitment, "is_need": False})


@allow(Role.OPERATOR)
@require_safe
def seen_of(request: HttpRequest, pk: int) -> HttpResponse:
    """« Qui a vu ses coordonnées », told to a person who asks; of another desk, only that it passed some on."""
    who = get_object_or_404(Person.objects.visible_to(person(request)), pk=pk)
    rows = disclosures_about(who)
    mine = rows.filter(introduction__in=Introduction.objects.visible_to(person(request)))
    others = rows.exclude(pk__in=mine.values("pk")).order_by("desk__name")
    elsewhere = others.values("desk__name").annotate(n=Count("pk"))
    context = {
        "person": who, "page": Paginator(mine, 25).get_page(request.GET.get("page")), "elsewhere": list(elsewhere),
    }  # fmt: skip
    context["rows"] = [Passed(row) for row in context["page"]]  # type: ignore[attr-defined]
    return render(request, "introductions/seen_of.html", context)


@allow(Role.PARTNER)
@require_safe
def space(request: HttpRequest) -> HttpResponse:
    """« Mon espace »: one's own needs and commitments, and the introductions once they are made."""
    user = person(request)
    rows = Introduction.objects.visible_to(user).for_list().select_related(*SAID).prefetch_related("disclosures")
    mine = set(user.memberships.values_list("organisation_id", flat=True))
    context = {
        "needs": _own(Need.objects, mine),
        "commitments": _own(Commitment.objects, mine),
        "introductions": [_told_to(introduction, mine) for introduction in rows[:50]],
    }
    return render(request, "introductions/space.html", context)


SAID = (  # what a side is told of the other: quantity, category, commune
    "need_line__unit", "need_line__category", "commitment_line__unit", "commitment_line__category",
    "need__organisation__commune", "giver__commune", "commitment__commune",
)  # fmt: skip


def _own(rows: Any, mine: set[int]) -> Any:
    return rows.filter(organisation__in=mine).select_related("organisation", "desk").order_by("-opened_at", "-pk")[:50]


def _told_to(introduction: Introduction, mine: set[int]) -> dict[str, Any]:
    side = Side.ASKER if introduction.need.organisation_id in mine else Side.GIVER
    traces = {trace.side: trace for trace in introduction.disclosures.all()}
    return {
        "introduction": introduction,
        "other": mails.organisation_of(introduction, mails.other(side)),
        "theirs": mails.side_facts(introduction, mails.other(side)),
        "trace": traces.get(side),
        "may_tell": introduction.state == IntroductionState.SENT,
    }
