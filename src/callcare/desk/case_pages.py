"""The pages of needs and commitments, drawn once for both twins. Each twin says what is its own in a `Twin`.

Addresses come from the twin, so that no page of this floor names a floor above.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from callcare.accounts.models import User
from callcare.accounts.requests import person
from callcare.catalogue.enums import ReasonUse
from callcare.core import clock
from callcare.core.deeds import Refused
from callcare.core.edits import Outdated
from callcare.core.listing import KeyPaginator, SearchPaginator, holding
from callcare.desk.case_forms import (
    BecauseForm,
    CaseEditForm,
    CloseForm,
    FilterForm,
    HoldForm,
    LineForm,
    TakeBackForm,
    at_opening,
)
from callcare.desk.enums import CaseState
from callcare.desk.models import CaseLine, CaseQuerySet
from callcare.desk.permissions import keeps
from callcare.directory.models import Organisation
from callcare.territories.models import Territory

ROWS = 25
Deed = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Twin:
    """What one of the twins is called and does."""

    app: str
    word: str  # « besoin »
    the: str  # « le besoin »
    words: str
    model: type[Any]
    edit_form: type[CaseEditForm]
    line_form: type[LineForm]
    close_use: ReasonUse
    asked: str  # the word of the whole quantity: « demandé », « annoncé »
    edit: Deed
    add_line: Deed
    edit_line: Deed
    take_back: Deed
    open: Deed
    hold: Deed
    close: Deed
    reopen: Deed
    own: Callable[[HttpRequest, Any], dict[str, Any]]  # what the page of this twin shows besides

    def url(self, name: str, *args: object) -> str:
        return reverse(f"{self.app}:{name}", args=args)

    def addresses(self, case: Any) -> dict[str, str]:
        """Where each page and each deed of a case is."""
        of_case = ("page", "edit", "add_line", "open", "hold", "close", "reopen")
        return {name: self.url(name, case.ref) for name in of_case} | {"list": self.url("list")}

    def template(self, name: str) -> str:
        return f"{self.app}/{name}.html"

    def visible(self, request: HttpRequest) -> Any:
        rows: CaseQuerySet = self.model.objects.visible_to(person(request))
        return rows

    def find(self, request: HttpRequest, ref: str) -> Any:
        """The case of this reference, among those the person may see; 404 otherwise."""
        rows = self.visible(request).select_related(
            "organisation", "person", "commune", "owner", "desk", "close_reason", "interaction", "consent"
        )
        return get_object_or_404(rows, ref=ref)

    def find_kept(self, request: HttpRequest, ref: str) -> Any:
        """The same, for those who keep its desk: a partner who may read it may not change it."""
        case = self.find(request, ref)
        if not keeps(person(request), case.desk):
            raise Http404
        return case


def list_page(request: HttpRequest, twin: Twin) -> HttpResponse:
    """The cases of the person's desks, those to act on first."""
    form = FilterForm(request.GET, states=CaseState.choices)
    asked = form.cleaned_data if form.is_valid() else {}
    found = _sorted(_filtered(twin.visible(request), asked, person(request)), asked.get("sort", ""))
    paginator = SearchPaginator if asked.get("q", "").strip() else KeyPaginator
    page = paginator(found, ROWS, shown=twin.model.objects.for_list()).get_page(request.GET.get("page"))
    is_filtered = any(asked.values())
    facts = {
        "twin": twin, "form": form, "page": page, "is_filtered": is_filtered, "is_kept": person(request).is_operator,
        "urls": {"list": twin.url("list"), "new": twin.url("new")},
    }  # fmt: skip
    return render(request, twin.template("list"), facts)


def _filtered(cases: Any, asked: dict[str, Any], user: User) -> Any:
    state = asked.get("state", "")
    if state in CaseState.values:
        cases = cases.filter(state=state)
    elif state != "all":
        cases = cases.exclude(state=CaseState.CLOSED)
    if categories := asked.get("category"):
        lines = cases.model._meta.get_field("lines").related_model  # noqa: SLF001  # the lines of either twin
        inside = lines.objects.filter(category__in=categories)
        cases = cases.filter(pk__in=inside.values(f"{cases.model.__name__.lower()}_id"))
    if asked.get("mine"):
        cases = cases.filter(owner=user)
    if asked.get("late"):
        cases = cases.filter(next_action_at__lt=clock.now())
    text = asked.get("q", "").strip()
    return holding(cases, _saying(text)) if text else cases


def _saying(text: str) -> list[Q]:
    """The cases with these letters: one index a place where they may stand."""
    bodies = Organisation.objects.filter(name__icontains=text).values("pk")
    places = Territory.objects.filter(name__icontains=text).values("pk")
    return [
        Q(ref=text.upper()), Q(title__icontains=text), Q(typed__icontains=text), Q(organisation__in=bodies),
        Q(commune__in=places),
    ]  # fmt: skip


def _sorted(cases: Any, order: str) -> Any:
    if order == "new":
        return cases.order_by("-opened_at", "-pk")
    if order == "old":
        return cases.order_by("opened_at", "pk")
    return cases.order_by(F("next_action_at").asc(nulls_last=True), "pk")


def case_page(request: HttpRequest, twin: Twin, ref: str, **more: Any) -> HttpResponse:
    """One case: the sentence as typed, what is promised and handed over, its life, what may be done."""
    case = twin.find(request, ref)
    lines = list(case.lines.select_related("category", "unit").order_by("pk"))
    numbered = [(line, twin.url("line", case.ref, number)) for number, line in enumerate(lines, 1)]
    facts = {
        "twin": twin, "case": case, "lines": numbered, "urls": twin.addresses(case), "wrong": None,
        "is_kept": keeps(person(request), case.desk), "close_form": CloseForm(use=twin.close_use, prefix="close"),
        "hold_form": HoldForm(prefix="hold"), "reopen_form": BecauseForm(prefix="reopen"),
    }  # fmt: skip
    return render(request, twin.template("page"), facts | twin.own(request, case) | more)


def edit_page(request: HttpRequest, twin: Twin, ref: str) -> HttpResponse:
    """Correct what was written down. Somebody was faster: who changed what is shown, the text typed is kept."""
    case = twin.find_kept(request, ref)
    form = twin.edit_form(request.POST or None, case=case, initial=twin.edit_form.read(case))
    outdated = None
    if form.is_valid():
        try:
            twin.edit(
                case, by=person(request), seen=form.cleaned_data["version"], because=form.kept(), **form.changes()
            )
        except Outdated as conflict:
            outdated = conflict
            case.refresh_from_db()
            read_now = request.POST.copy()
            read_now["version"] = str(case.version)  # she has read the changes: saving again is her choice
            form.data = read_now
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "C’est enregistré.")
            return redirect(twin.url("page", case.ref))
    status = 409 if outdated else 422 if form.errors else 200
    facts = {"twin": twin, "case": case, "form": form, "outdated": outdated, "urls": twin.addresses(case)}
    return render(request, twin.template("edit"), facts, status=status)


def line_page(request: HttpRequest, twin: Twin, ref: str, number: int | None) -> HttpResponse:
    """Say a line anew, or one line more (`number` None)."""
    case = twin.find_kept(request, ref)
    line = _line(case, number) if number else None
    initial = twin.line_form.read(line) if line else None
    form = twin.line_form(request.POST or None, line=line, initial=initial)
    if form.is_valid():
        try:
            _write_line(twin, case, line, form, person(request))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "La ligne est enregistrée.")
            return redirect(twin.url("page", case.ref))
    return _line_answer(request, twin, case, number, form, TakeBackForm())


def _write_line(twin: Twin, case: Any, line: CaseLine | None, form: LineForm, by: User) -> None:
    if line is None:
        twin.add_line(case, by=by, facts=form.facts())
        return
    seen = form.cleaned_data["revision"] or 0
    twin.edit_line(line, by=by, seen=seen, facts=form.facts(), because=form.cleaned_data["because"])


def less_page(request: HttpRequest, twin: Twin, ref: str, number: int) -> HttpResponse:
    """Ask or offer less."""
    case = twin.find_kept(request, ref)
    line = _line(case, number)
    form = TakeBackForm(request.POST)
    if form.is_valid():
        try:
            said = form.cleaned_data
            twin.take_back(line, by=person(request), quantity=said["quantity"] or 0, because=said["because"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "La quantité est réduite.")
            return redirect(twin.url("page", case.ref))
    whole = twin.line_form(line=line, initial=twin.line_form.read(line))
    return _line_answer(request, twin, case, number, whole, form)


def _line_answer(
    request: HttpRequest, twin: Twin, case: Any, number: int | None, form: LineForm, less_form: TakeBackForm
) -> HttpResponse:
    line_url = twin.url("line", case.ref, number) if number else twin.url("add_line", case.ref)
    less_url = twin.url("less", case.ref, number) if number else ""
    facts = {
        "twin": twin, "case": case, "line": form.line, "form": form, "less_form": less_form, "less_url": less_url,
        "line_url": line_url,
        "urls": twin.addresses(case),
    }  # fmt: skip
    status = 422 if form.errors or less_form.errors else 200
    return render(request, "desk/case_line.html", facts, status=status)


def _line(case: Any, number: int) -> CaseLine:
    """The n-th line of a case, as the page counts them."""
    lines = list(case.lines.select_related("category", "unit").order_by("pk"))
    if not 1 <= number <= len(lines):
        raise Http404
    line: CaseLine = lines[number - 1]
    setattr(line, case._meta.model_name, case)  # noqa: SLF001  # the case we already have
    return line


def close_page(request: HttpRequest, twin: Twin, ref: str) -> HttpResponse:
    form = CloseForm(request.POST, use=twin.close_use, prefix="close")
    return _deed_page(request, twin, ref, form, twin.close, lambda said: said, f"Clos : {twin.word}.")


def hold_page(request: HttpRequest, twin: Twin, ref: str) -> HttpResponse:
    form = HoldForm(request.POST, prefix="hold")

    def said(facts: dict[str, Any]) -> dict[str, Any]:
        return facts | {"until": at_opening(facts["until"])}

    return _deed_page(request, twin, ref, form, twin.hold, said, f"Suspendu : {twin.word}.")


def reopen_page(request: HttpRequest, twin: Twin, ref: str) -> HttpResponse:
    form = BecauseForm(request.POST, prefix="reopen")
    return _deed_page(request, twin, ref, form, twin.reopen, lambda said: said, "C’est rouvert.")


def open_page(request: HttpRequest, twin: Twin, ref: str) -> HttpResponse:
    return simple_deed(request, twin, ref, twin.open, "C’est ouvert.")


def _deed_page(
    request: HttpRequest,
    twin: Twin,
    ref: str,
    form: forms.Form,
    deed: Deed,
    said: Callable[[dict[str, Any]], dict[str, Any]],
    done: str,
) -> HttpResponse:
    """Do a deed that asks something; what is missing is said on the page of the case, what was typed is kept."""
    case = twin.find_kept(request, ref)
    if form.is_valid():
        try:
            deed(case, by=person(request), **said(form.cleaned_data))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect(twin.url("page", case.ref))
    form.auto_id = "wrong_%s"  # the form of the dialog stays on the page: two forms, two sets of ids
    answer = case_page(request, twin, ref, wrong=form)
    answer.status_code = 422
    return answer


def simple_deed(request: HttpRequest, twin: Twin, ref: str, deed: Deed, done: str, **facts: Any) -> HttpResponse:
    """Do a deed that asks nothing more."""
    case = twin.find_kept(request, ref)
    try:
        deed(case, by=person(request), **facts)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(twin.url("page", case.ref))


def small_list(request: HttpRequest, twin: Twin, cases: Any, *, of: object) -> HttpResponse:
    """A few cases inside the page of another thing: open ones first, at most ten."""
    found = list(cases.for_list().order_by(F("closed_at").desc(nulls_first=True), "-opened_at", "-pk")[:10])
    return render(request, "desk/case_few.html", {"twin": twin, "cases": found, "thing": of})
