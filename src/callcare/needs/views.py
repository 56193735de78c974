"""The pages of needs. What they share with commitments is drawn a floor below."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow
from callcare.catalogue.enums import ReasonUse
from callcare.core.replica import from_replica
from callcare.desk import case_console, case_pages
from callcare.desk.case_capture import CaptureForm
from callcare.desk.case_console import Side
from callcare.desk.case_pages import Twin
from callcare.directory.models import Organisation
from callcare.needs import actions
from callcare.needs.forms import DuplicateForm, NeedCaptureForm, NeedEditForm, NeedLineForm
from callcare.needs.models import Need


def _own(request: HttpRequest, need: Any) -> dict[str, Any]:
    return {"duplicate_form": DuplicateForm(needs=NEEDS.visible(request), prefix="duplicate")}


NEEDS = Twin(
    app="needs",
    word="besoin",
    the="le besoin",
    words="besoins",
    model=Need,
    edit_form=NeedEditForm,
    line_form=NeedLineForm,
    close_use=ReasonUse.CLOSE_NEED,
    asked="demandé",
    edit=actions.edit_need,
    add_line=actions.add_line,
    edit_line=actions.edit_line,
    take_back=actions.cancel_quantity,
    open=actions.open_need,
    hold=actions.hold_need,
    close=actions.close_need,
    reopen=actions.reopen_need,
    own=_own,
)


def _asked_lately(form: CaptureForm) -> Iterable[Any]:
    said = form.cleaned_data
    return Need.objects.asked_lately(
        desk=form.desk, organisation=said["organisation"], category=said["category"]
    ).order_by("-opened_at")[:2]


CAPTURE = Side(twin=NEEDS, side="need", form=NeedCaptureForm, record=actions.record_need, repeats=_asked_lately)
page_or_form = require_http_methods(["GET", "HEAD", "POST"])


@allow(Role.OPERATOR, Role.PARTNER)
@require_safe
@from_replica
def need_list(request: HttpRequest) -> HttpResponse:
    return case_pages.list_page(request, NEEDS)


@allow(Role.OPERATOR, Role.PARTNER)
@require_safe
def need_page(request: HttpRequest, ref: str) -> HttpResponse:
    return case_pages.case_page(request, NEEDS, ref)


@allow(Role.OPERATOR)
@page_or_form
def need_edit(request: HttpRequest, ref: str) -> HttpResponse:
    return case_pages.edit_page(request, NEEDS, ref)


@allow(Role.OPERATOR)
@page_or_form
def need_line_new(request: HttpRequest, ref: str) -> HttpResponse:
    return case_pages.line_page(request, NEEDS, ref, None)


@allow(Role.OPERATOR)
@page_or_form
def need_line(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    return case_pages.line_page(request, NEEDS, ref, number)


@allow(Role.OPERATOR)
@require_POST
def need_less(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    return case_pages.less_page(request, NEEDS, ref, number)


@allow(Role.OPERATOR)
@require_POST
def need_open(request: HttpRequest, ref: str) -> HttpResponse:
    return case_pages.open_page(request, NEEDS, ref)


@allow(Role.OPERATOR)
@require_POST
def need_hold(request: HttpRequest, ref: str) -> HttpResponse:
    return case_pages.hold_page(request, NEEDS, ref)


@allow(Role.OPERATOR)
@require_POST
def need_close(request: HttpRequest, ref: str) -> HttpResponse:
    return case_pages.close_page(request, NEEDS, ref)


@allow(Role.OPERATOR)
@require_POST
def need_reopen(request: HttpRequest, ref: str) -> HttpResponse:
    return case_pages.reopen_page(request, NEEDS, ref)


@allow(Role.OPERATOR)
@require_POST
def need_duplicate(request: HttpRequest, ref: str) -> HttpResponse:
    NEEDS.find_kept(request, ref)
    form = DuplicateForm(request.POST, needs=NEEDS.visible(request), prefix="duplicate")
    if not form.is_valid():
        form.auto_id = "wrong_%s"  # the dialog with its own form stays on the page
        answer = case_pages.case_page(request, NEEDS, ref, wrong=form)
        answer.status_code = 422
        return answer
    other: Need = form.cleaned_data["of"]
    return case_pages.simple_deed(
        request, NEEDS, ref, actions.close_as_duplicate, f"Clos comme doublon de {other.ref}.", of=other
    )


@allow(Role.OPERATOR)
@require_safe
def needs_of_interaction(request: HttpRequest, ref: str) -> HttpResponse:
    """The needs a contact was about: shown on the page of the contact."""
    contact = case_console.find_contact(request, ref)
    found = NEEDS.visible(request).filter(interaction=contact)
    return case_pages.small_list(request, NEEDS, found, of=contact.ref)


@allow(Role.OPERATOR)
@require_safe
def needs_of_organisation(request: HttpRequest, ref: str) -> HttpResponse:
    """The needs of an organisation, those still open first."""
    organisation = get_object_or_404(Organisation, ref=ref)
    found = NEEDS.visible(request).filter(organisation=organisation)
    return case_pages.small_list(request, NEEDS, found, of=organisation)


@allow(Role.OPERATOR)
@require_safe
def need_new(request: HttpRequest) -> HttpResponse:
    return case_console.new_page(request, CAPTURE)


@allow(Role.OPERATOR)
@require_POST
def need_read(request: HttpRequest) -> HttpResponse:
    return case_console.read_page(request, CAPTURE)


@allow(Role.OPERATOR)
@require_POST
def need_record(request: HttpRequest) -> HttpResponse:
    return case_console.record_page(request, CAPTURE)


@allow(Role.OPERATOR)
@require_safe
def need_capture(request: HttpRequest, ref: str) -> HttpResponse:
    """A panel of the console: the need of the contact `ref`, in one line."""
    return case_console.capture_panel(request, CAPTURE, ref)


@allow(Role.OPERATOR)
@require_POST
def need_repeat(request: HttpRequest, ref: str) -> HttpResponse:
    """The same thing is asked again: noted on the need, no new one."""
    contact, _ = CAPTURE.of(request)
    return case_pages.simple_deed(
        request, NEEDS, ref, actions.repeat_need, "La réitération est notée.", interaction=contact
    )
