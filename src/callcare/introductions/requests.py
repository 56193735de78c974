"""From a request to what it is about: the pair to bring together, the personal link it opens."""

from dataclasses import dataclass, field
from typing import Any, cast

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from callcare.accounts.requests import person
from callcare.commitments.models import Commitment, CommitmentLine
from callcare.core import clock
from callcare.core.enums import LinkPurpose
from callcare.core.models import Link
from callcare.directory.models import Organisation
from callcare.introductions.enums import IntroductionState, Side
from callcare.introductions.models import Introduction
from callcare.needs.models import Need, NeedLine


@dataclass(frozen=True, slots=True)
class Pair:
    """What the address names: a need (one of its lines), and a commitment (one of its lines) or a giver alone."""

    need: Need
    facts: dict[str, Any] = field(default_factory=dict)


def pair_of(request: HttpRequest) -> Pair:
    """Among the rows she may see: her desks' needs, and the commitments offered to that need's desk. 404 otherwise."""
    asked = request.GET
    mine = Need.objects.visible_to(person(request))
    if number := _number(asked.get("need_line")):
        lines = NeedLine.objects.filter(need__in=mine.values("pk")).select_related(
            "unit", "category", "need__desk", "need__organisation__commune", "need__commune", "need__person"
        )
        need_line = get_object_or_404(lines, pk=number)
        need, facts = need_line.need, {"need_line": need_line}
        return Pair(need, facts | _other_side(request, need))
    need = cast("Need", get_object_or_404(mine, ref=asked.get("besoin", "")))
    return Pair(need, {"need": need} | _other_side(request, need))


def _other_side(request: HttpRequest, need: Need) -> dict[str, Any]:
    asked = request.GET
    offered = Commitment.objects.offered_to(need.desk)
    if number := _number(asked.get("commitment_line")):
        lines = CommitmentLine.objects.filter(commitment__in=offered.values("pk")).select_related(
            "unit", "category", "commitment__desk", "commitment__organisation__commune", "commitment__commune",
            "commitment__person",
        )  # fmt: skip
        return {"commitment_line": get_object_or_404(lines, pk=number)}
    if ref := asked.get("engagement"):
        return {"commitment": get_object_or_404(offered, ref=ref)}
    return {"giver": get_object_or_404(Organisation.objects.live(), ref=asked.get("contributeur", ""))}


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


@dataclass(frozen=True, slots=True)
class Opened:
    """A personal link and what it opens. `closed` says why it cannot be answered any more, "" while it can."""

    link: Link
    introduction: Introduction
    side: Side
    closed: str


def opened_by(token: str) -> Opened:
    """What the token opens; 404 for one we never issued. The token is the only right needed here."""
    link = Link.objects.known_by(token, LinkPurpose.ANSWER)
    if link is None:
        raise Http404
    introduction = Introduction.objects.for_list().get(pk=link.subject_id)
    return Opened(link, introduction, Side(link.side), _closed(link, introduction))


def _closed(link: Link, introduction: Introduction) -> str:
    if link.used_at:
        return "answered"
    if link.revoked_at:
        return "replaced"
    if link.expires_at <= clock.now():
        return "expired"
    return "" if introduction.state == IntroductionState.PROPOSED else "over"
