"""One commitment spread over the needs that wait for it: the machine proposes, the operator decides.

The plan is never kept: each opening solves it again on today's rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.allocations import actions
from callcare.allocations.actions.sharing import has_changed, stock_has_changed, too_many
from callcare.allocations.forms import ShareForm
from callcare.allocations.forms.sharing import Part
from callcare.commitments.enums import Level
from callcare.commitments.models import Commitment, CommitmentLine
from callcare.core import french
from callcare.core.deeds import Refused
from callcare.desk.enums import CaseState
from callcare.introductions.models import Introduction
from callcare.matching.candidates import Candidate
from callcare.matching.lines import offered_by, this_day
from callcare.matching.rules import sharing as rule
from callcare.matching.rules.scores import Reason
from callcare.matching.rules.sharing import Plan
from callcare.matching.sharing import Sharing, sharing_of
from callcare.needs.models import Need

ROWS = 40  # shown beside those that get something


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure of the plan beside the same of « premier arrivé, premier servi », and both as parts of 100."""

    label: str
    plan: str
    in_turn: str
    plan_share: float
    in_turn_share: float


@allow(Role.OPERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, ref: str) -> HttpResponse:
    """Compute the shares, keep those she decided, and prepare the introductions in one deed."""
    mine = Commitment.objects.visible_to(person(request)).select_related("organisation", "desk")
    commitment = cast("Commitment", get_object_or_404(mine, ref=ref))
    lines = list(commitment.lines.select_related("commitment__commune", "category", "unit").order_by("pk"))
    line = _chosen(request, lines)
    if stop := _stop(commitment, line):
        return _shown(request, commitment, lines, line, {"stop": stop})
    sharing = sharing_of(offered_by(cast("CommitmentLine", line)), today=this_day())
    live = Introduction.objects.live().filter(commitment=commitment).count()
    if request.method != "POST":
        return _shown(request, commitment, lines, line, _plan(sharing, {}, live=live, commitment=commitment))
    form = ShareForm(request.POST, sharing=sharing)
    is_valid, stale = form.is_valid(), _stale(request, form)
    refusal = stale
    if is_valid and form.is_to_prepare and not stale:
        try:
            made = _prepare(request, cast("CommitmentLine", line), sharing, form)
        except actions.Changed as changed:  # between our reading and the locks
            refusal = stale = str(changed)
            sharing = sharing_of(offered_by(cast("CommitmentLine", line)), today=this_day())
            form = ShareForm(request.POST, sharing=sharing)
            is_valid = form.is_valid()
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, _done(sharing, form, made))
            return redirect("commitments:page", commitment.ref)
    is_fresh = bool(stale) or (is_valid and not form.is_to_prepare)  # shown as computed, not as she typed it
    again = _plan(
        sharing, form.fixed, live=live, commitment=commitment, agreed=bool(form.data.get("agreed")),
        bound=None if is_fresh else form,
    )  # fmt: skip
    status = 409 if refusal else 200 if is_valid else 422
    return _shown(request, commitment, lines, line, again | {"refusal": refusal}, status=status)


def line_to_share(commitment: Commitment) -> CommitmentLine | None:
    """The first line that can be divided and that two open needs or more may take from."""
    if commitment.state != CaseState.OPEN or commitment.level != Level.CONFIRMED:
        return None
    lines = commitment.lines.select_related("commitment__commune", "category", "unit").order_by("pk")
    divisible = next((line for line in lines if _is_divisible(line)), None)
    if divisible and len(sharing_of(offered_by(divisible), today=this_day(), limit=2).sharers) > 1:
        return divisible
    return None


def _is_divisible(line: CommitmentLine) -> bool:
    return line.is_countable and line.left >= 2 * line.factor


def _chosen(request: HttpRequest, lines: list[CommitmentLine]) -> CommitmentLine | None:
    """The line asked for, or the first that can be divided."""
    asked = request.GET.get("ligne", "")
    for line in lines:
        if str(line.pk) == asked:
            return line
    return next((line for line in lines if _is_divisible(line)), next(iter(lines), None))


def _stop(commitment: Commitment, line: CommitmentLine | None) -> str:
    """Why this commitment cannot be spread at all; "" where it can."""
    if line is None:
        return "Cet engagement n’a pas de ligne."
    if commitment.state != CaseState.OPEN:
        return "Cet engagement n’est pas ouvert."
    if commitment.level != Level.CONFIRMED:
        return "Cet engagement est seulement annoncé : confirmez-le avec le contributeur avant de le répartir."
    if not line.is_countable:
        return "Cet engagement est « selon les besoins » : il n’y a pas de quantité à répartir."
    if line.left < line.factor:
        return "Tout est déjà promis : il ne reste rien à répartir."
    return ""


def _stale(request: HttpRequest, form: ShareForm) -> str:
    """What is no longer as her page showed it, when she prepares: the stock, or lines served or closed meanwhile."""
    if not form.is_to_prepare:
        return ""
    if form.changed:
        needs = Need.objects.visible_to(person(request)).filter(lines__in=form.changed).select_related("organisation")
        if known := cast("list[Need]", list(needs.distinct())):
            return has_changed(known)
    if form.data.get("seen") != form.sharing.seen:
        return stock_has_changed(form.sharing.said(form.sharing.free))
    return ""


def _prepare(request: HttpRequest, line: CommitmentLine, sharing: Sharing, form: ShareForm) -> list[Any]:
    unit = sharing.offered.counting.factor
    shares = []
    for number, units in form.chosen.items():
        one = sharing.sharers[number].candidate
        reasons = [f"part proposée : {sharing.said(units)}", *(reason.text for reason in _reasons(one))]
        seen = form.cleaned_data[f"seen_{number}"]
        shares.append(actions.Share(number, units * unit, seen, score=one.score, reasons=reasons))
    facts = form.cleaned_data
    return actions.share(
        commitment_line=line, shares=shares, seen_stock=facts["seen"], by=person(request), agreed=facts["agreed"]
    )


def _done(sharing: Sharing, form: ShareForm, made: list[Any]) -> str:
    introductions = len({one.introduction_id for one in made})
    word = "mise en relation est proposée" if introductions < 2 else "mises en relation sont proposées"
    held = sharing.said(sum(form.chosen.values()))
    return (
        f"{introductions} {word}, {held} en tout, retenues cinq jours ouvrés. Personne n’est encore prévenu : "
        "il reste à obtenir les accords."
    )


def _plan(
    sharing: Sharing, fixed: Mapping[int, int], *, live: int, commitment: Commitment, agreed: bool = False,
    bound: ShareForm | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The plan and all the page says of it. `bound` is the form she sent, where it is shown as she typed it."""
    plan = sharing.plan(fixed)
    got = {line: quantity for (_, line), quantity in plan.shares.items()}
    why, one_more = sharing.why(plan, fixed), sharing.one_more(plan)
    best = sorted(sharing.sharers.values(), key=lambda one: (one.line not in got, -one.candidate.score, one.line))
    taking = [one.line for one in best if one.line in got or one.line in fixed]
    shown = [*taking, *(one.line for one in best if one.line not in taking)][: max(len(taking), ROWS)]
    form = bound or ShareForm(sharing=sharing, given=got, kept=fixed, lines=shown, agreed=agreed)
    parts = form.parts()
    needs = len({sharing.sharers[line].wanted.need for line in got})
    most = commitment.max_open_introductions
    return {
        "form": form,
        "rows": [_row(sharing, part, got.get(part.sharer.line, 0), why[part.sharer.line]) for part in parts],
        "others": len(sharing.sharers) - len(parts),
        "free": sharing.said(sharing.free),
        "given": sharing.said(sum(got.values())),
        "left": sharing.said(plan.left.get(sharing.stock, 0)),
        "one_more": one_more,
        "gap": _gap(plan, is_fixed=bool(fixed)),
        "compared": _compared(sharing, plan, got),
        "too_many": too_many(commitment.organisation, most, live, needs) if live + needs > most else "",
        "found": sharing.found,
    }


def _row(sharing: Sharing, part: Part, given: int, why: str) -> dict[str, Any]:
    one = part.sharer
    return {
        "part": part, "one": one.candidate, "asked": sharing.said(one.open), "given": sharing.said(given),
        "least": sharing.said(min(one.minimum, one.open)) if one.minimum > 1 else "", "why": why,
        "reasons": _reasons(one.candidate),
    }  # fmt: skip


def _reasons(candidate: Candidate) -> tuple[Reason, ...]:
    """All but how much of it would be covered: here that is decided, not found."""
    return candidate.reasons[1:]


def _gap(plan: Plan, *, is_fixed: bool) -> str:
    """How far the plan is from the best that can be proved, in words."""
    if plan.value == plan.bound:
        return "C’est le meilleur total possible : la preuve est dans le calcul."
    pays = "ce que coûtent l’équité entre territoires, les minimums" + (" et vos choix" if is_fixed else "")
    if plan.gap < 0.001:
        return f"À moins de 0,1 % du meilleur total possible. L’écart est {pays}."
    return f"À {_percent(plan.gap, 1)} du meilleur total possible. L’écart est {pays}."


def _percent(part: float, digits: int = 0) -> str:
    return f"{100 * part:.{digits}f} %".replace(".", ",")


def _compared(sharing: Sharing, plan: Plan, got: Mapping[int, int]) -> list[Compared]:
    """The plan beside « premier arrivé, premier servi »: what it is worth, whom it serves, who has least."""
    in_turn = sharing.in_turn()
    bound = plan.bound or 1
    value, other = plan.value / bound, sharing.value_of(in_turn) / bound
    serves, others = len([quantity for quantity in got.values() if quantity]), len(in_turn)
    most = max(serves, others, 1)
    pairs = {(sharing.stock, line): quantity for line, quantity in in_turn.items()}
    filled, filled_in_turn = rule.filled(sharing.question, plan.shares), rule.filled(sharing.question, pairs)
    least, least_in_turn = min(filled.values(), default=0), min(filled_in_turn.values(), default=0)
    rows = [
        Compared("part du meilleur total possible", _percent(value), _percent(other), value, other),
        Compared("lignes servies", french.number(serves), french.number(others), serves / most, others / most),
    ]
    if len(filled) > 1:
        rows.append(
            Compared("territoire le moins servi", _percent(least), _percent(least_in_turn), least, least_in_turn)
        )
    return [Compared(one.label, one.plan, one.in_turn, 100 * one.plan_share, 100 * one.in_turn_share) for one in rows]


def _shown(
    request: HttpRequest, commitment: Commitment, lines: list[CommitmentLine], line: CommitmentLine | None,
    more: Mapping[str, Any], *, status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {"commitment": commitment, "lines": lines, "line": line, "stop": "", "refusal": "", "form": None, **more}
    return render(request, "allocations/share.html", context, status=status)
