"""The pages where a need or a commitment is captured: in a contact, or without one. Drawn once for both twins."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from callcare.accounts.requests import person
from callcare.core.deeds import Refused
from callcare.desk.actions import save_draft
from callcare.desk.case_capture import CaptureForm, is_behind, read_anew
from callcare.desk.case_pages import Twin
from callcare.desk.case_reading import understood
from callcare.desk.enums import InteractionState
from callcare.desk.models import Draft, Interaction
from callcare.desk.requests import current_desk
from callcare.ui import panels

PREVIEW = "counterparts"  # where an upper floor shows who could help, while the line is typed


@dataclass(frozen=True, slots=True)
class Side:
    """How one of the twins is captured."""

    twin: Twin
    side: str  # « need » or « commitment », as the capture line calls it
    form: type[CaptureForm]
    record: Callable[..., Any]
    repeats: Callable[[CaptureForm], Iterable[Any]]

    def of(self, request: HttpRequest) -> "tuple[Interaction | None, Any]":
        """The contact the form is filled in, and the desk: the contact's, or the one she works at."""
        ref = request.POST.get("interaction") or request.GET.get("interaction") or ""
        if not ref:
            return None, current_desk(request)
        contact = find_contact(request, ref)
        return contact, contact.desk

    def bound(self, request: HttpRequest, data: Mapping[str, Any]) -> CaptureForm:
        contact, desk = self.of(request)
        return self.form(data, desk=desk, interaction=contact)


def find_contact(request: HttpRequest, ref: str) -> Interaction:
    rows = Interaction.objects.visible_to(person(request))
    return get_object_or_404(rows.select_related("organisation", "person", "desk", "draft"), ref=ref)


def relate_with(address: Callable[..., str]) -> None:
    """Said by the floor that knows where two lines are brought together."""
    _relate[:] = [address]


_relate: list[Callable[..., str]] = []


def propose_with(line: Callable[[Interaction], str]) -> None:
    """Said by the floor that knows what somebody wrote: the line proposed while nothing was typed yet."""
    _propose[:] = [line]


_propose: list[Callable[[Interaction], str]] = []


def _proposed(contact: Interaction) -> str:
    return _propose[0](contact) if _propose else ""


def capture_panel(request: HttpRequest, side: Side, ref: str) -> HttpResponse:
    """The capture of a contact, with what was kept of it: a panel of the console, and a page of its own."""
    contact = find_contact(request, ref)
    draft = getattr(contact, "draft", None)
    kept: dict[str, Any] | None = draft.content.get(side.side) if draft else None
    line = request.GET.get("line") or (_proposed(contact) if kept is None else kept.get("line", ""))
    kept = kept or {}
    start = {**kept, "line": line, "interaction": contact.ref}
    if contact.organisation:
        start |= {"organisation": contact.organisation.ref, "person": str(contact.person_id or "")}
    fields = read_anew(start, understood(line, contact.desk)) if is_behind(start) else start
    form = side.form(fields, desk=contact.desk, interaction=contact) if line else _blank(side, contact, start)
    form.errors.pop("organisation", None)  # nobody was asked yet
    return _answer(request, side, "desk/case_capture.html", form)


def _blank(side: Side, contact: Interaction, start: dict[str, Any]) -> CaptureForm:
    return side.form(initial=start, desk=contact.desk, interaction=contact)


def new_page(request: HttpRequest, side: Side) -> HttpResponse:
    """The capture without a call."""
    start = {name: request.GET.get(name, "") for name in ("organisation", "line")}
    desk = current_desk(request)
    line = start["line"]
    form = (
        side.form(read_anew(start, understood(line, desk)), desk=desk) if line else side.form(initial=start, desk=desk)
    )
    return _answer(request, side, "desk/case_new.html", form)


def read_page(request: HttpRequest, side: Side) -> HttpResponse:
    """The line changed: the chips follow it, what was corrected by hand stays. Nothing is written."""
    contact, desk = side.of(request)
    fields = read_anew(request.POST, understood(request.POST.get("line", ""), desk))
    form = side.form(fields, desk=desk, interaction=contact)
    if not request.headers.get("HX-Request"):
        return _answer(request, side, "desk/case_new.html", form)
    with_fields = "chips" not in request.GET
    return _answer(request, side, "desk/case_chips.html", form, with_fields=with_fields)


def record_page(request: HttpRequest, side: Side) -> HttpResponse:
    """Write it down. What is missing is said beside its field, and nothing typed is lost.

    Sent before the chips followed the line, or without scripts, the line is read here: what is kept is what was typed.
    """
    contact, desk = side.of(request)
    behind = is_behind(request.POST)
    line = request.POST.get("line", "")
    form = side.bound(request, read_anew(request.POST, understood(line, desk)) if behind else request.POST)
    if form.is_valid():
        try:
            case = side.record(by=person(request), **form.facts())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            _clear_draft(request, side, contact)
            read = f" Compris de la ligne : {_in_words(form)}." if behind and form.said else ""
            messages.success(request, f"Noté : {side.twin.word} {case.ref}.{read}")
            return redirect(_related(side, case, request.POST.get("relate", "")) or _next(contact, case))
    return _answer(request, side, "desk/case_new.html", form, status=422)


def _draft(contact: Interaction | None) -> Draft | None:
    """What is being typed; a call that nobody has answered has none yet."""
    return (getattr(contact, "draft", None) or Draft(interaction=contact)) if contact else None


def _in_words(form: CaptureForm) -> str:
    return ", ".join(f"{word} {detail}".strip() for word, detail, _ in form.said)


def _clear_draft(request: HttpRequest, side: Side, contact: Interaction | None) -> None:
    """What was kept of the line is a case now: the next line of this contact starts empty."""
    draft = getattr(contact, "draft", None)
    if contact and draft and contact.state == InteractionState.DRAFT:
        with suppress(Refused):  # a colleague saved it meanwhile: her text stays
            save_draft(contact, by=person(request), seen=draft.version, part=side.side, typed={})


def _related(side: Side, case: Any, other: str) -> str:
    """Where the fresh case and the candidate she pressed « Relier » on are brought together."""
    line = case.lines.order_by("pk").first()
    if not _relate or line is None or not other.isdecimal():
        return ""
    pair = (
        {"need": line.pk, "commitment": int(other)}
        if side.side == "need"
        else {"need": int(other), "commitment": line.pk}
    )
    return _relate[0](need_line=pair["need"], commitment_line=pair["commitment"])


def _next(contact: Interaction | None, case: Any) -> str:
    """Back to the contact while somebody is on the line, to the case otherwise."""
    if contact and contact.state == InteractionState.DRAFT:
        return reverse("desk:contact", args=[contact.ref])
    return str(case.get_absolute_url())


def _answer(
    request: HttpRequest, side: Side, template: str, form: CaptureForm, *, status: int = 200, with_fields: bool = True
) -> HttpResponse:
    if form.is_bound:
        form.is_valid()  # what can be read is read; what is missing is only said when it is sent
    contact = form.of_interaction
    facts = {
        "side": side, "twin": side.twin, "form": form, "contact": contact, "draft": _draft(contact),
        "with_fields": with_fields, "is_wrong": status == 422, "repeats": _repeats(side, form),
        "previews": [reverse(panel.url_name) for panel in panels.offered(PREVIEW) if panel.is_for(person(request))],
        "urls": {name: side.twin.url(name) for name in ("list", "new", "read", "record")},
    }  # fmt: skip
    return render(request, template, facts, status=status)


def _repeats(side: Side, form: CaptureForm) -> list[tuple[Any, str]]:
    """What was asked lately, with the address that notes a repeat."""
    known = getattr(form, "cleaned_data", {})
    if not known.get("organisation") or not known.get("category"):
        return []
    return [(case, side.twin.url("repeat", case.ref)) for case in side.repeats(form)]
