"""The pages of commitments. What they share with needs is drawn a floor below."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow
from callcare.catalogue.enums import ReasonUse
from callcare.commitments import actions
from callcare.commitments.enums import Sharing
from callcare.commitments.forms import CommitmentCaptureForm, CommitmentEditForm, CommitmentLineForm, SharingForm
from callcare.commitments.models import Commitment
from callcare.core.replica import from_replica
from callcare.desk import case_console, case_pages
from callcare.desk.case_capture import CaptureForm
from callcare.desk.case_console import Side
from callcare.desk.case_pages import Twin
from callcare.directory.models import Organisation


def _own(request: HttpRequest, commitment: Any) -> dict[str, Any]:
    return {"sharing_form": SharingForm(initial={"sharing": commitment.sharing})}


COMMITMENTS = Twin(
    app="commitments",
    word="engagement",
    the="l’engagement",
    words="engagements",
    model=Commitment,
    edit_form=CommitmentEditForm,
    line_form=CommitmentLineForm,
    close_use=ReasonUse.CLOSE_COMMITMENT,
    asked="annoncé",
    edit=actions.edit_commitment,
    add_line=actions.add_line,
    edit_line=actions.edit_line,
    take_back=actions.withdraw_quantity,
    open=actions.open_commitment,
    hold=actions.hold_commitment,
    close=actions.close_commitment,
    reopen=actions.reopen_commitment,
    own=_own,
)


def _never_a_repeat(form: CaptureForm) -> Iterable[Any]:
    """The same giver offering again offers more: only needs are repeated."""
    return ()


CAPTURE = Side(
    twin=COMMITMENTS,
    side="commitment",
    form=CommitmentCaptureForm,
    record=actions.record_commitment,
    repeats=_never_a_repeat,
)
page_or_form = require_http_methods(["GET", "HEAD", "POST"])


@allow(Role.OPERATOR, Role.PARTNER)
@require_safe
@from_replica
def commitment_list(request: HttpRequest) -> HttpResponse:
    return case_pages.list_page(request, COMMITMENTS)


@allow(Role.OPERATOR, Role.PARTNER)
@require_safe
def commitment_page(request: HttpRequest, ref: str) -> HttpResponse:
    return case_pages.case_page(request, COMMITMENTS, ref)


@allow(Role.OPERATOR)
@page_or_form
def commitment_edit(request: HttpRequest, ref: str) -> HttpResponse:
    return case_pages.edit_page(request, COMMITMENTS, ref)


@allow(Role.OPERATOR)
@page_or_form
def commitment_line_new(request: HttpRequest, ref: str) -> HttpResponse:
    return case_pages.line_page(request, COMMITMENTS, ref, None)


@allow(Role.OPERATOR)
@page_or_form
def commitment_line(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    return case_pages.line_page(request, COMMITMENTS, ref, number)


@allow(Role.OPERATOR)
@require_POST
def commitment_less(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    return case_pages.less_page(request, COMMITMENTS, ref, number)


@allow(Role.OPERATOR)
@require_POST
def commitment_open(request: HttpRequest, ref: str) -> HttpResponse:
    return case_pages.open_page(request, COMMITMENTS, ref)


@allow(Role.OPERATOR)
@require_POST
def commitment_hold(request: HttpRequest, ref: str) -> HttpResponse:
    return case_pages.hold_page(request, COMMITMENTS, ref)


@allow(Role.OPERATOR)
@require_POST
def commitment_close(request: HttpRequest, ref: str) -> HttpResponse:
    return case_pages.close_page(request, COMMITMENTS, ref)


@allow(Role.OPERATOR)
@require_POST
def commitment_reopen(request: HttpRequest, ref: str) -> HttpResponse:
    return case_pages.reopen_page(request, COMMITMENTS, ref)


@allow(Role.OPERATOR)
@require_POST
def commitment_confirm(request: HttpRequest, ref: str) -> HttpResponse:
    return case_pages.simple_deed(request, COMMITMENTS, ref, actions.confirm_commitment, "L’engagement est confirmé.")


@allow(Role.OPERATOR)
@require_POST
def commitment_share(request: HttpRequest, ref: str) -> HttpResponse:
    form = SharingForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choisissez avec qui partager.")
        return redirect(COMMITMENTS.find_kept(request, ref))
    sharing = Sharing(form.cleaned_data["sharing"])
    done = f"Partagé avec : {sharing.label}."
    return case_pages.simple_deed(request, COMMITMENTS, ref, actions.share_commitment, done, sharing=sharing)


@allow(Role.OPERATOR)
@require_safe
def commitments_of_interaction(request: HttpRequest, ref: str) -> HttpResponse:
    """The commitments a contact was about: shown on the page of the contact."""
    contact = case_console.find_contact(request, ref)
    found = COMMITMENTS.visible(request).filter(interaction=contact)
    return case_pages.small_list(request, COMMITMENTS, found, of=contact.ref)


@allow(Role.OPERATOR)
@require_safe
def commitments_of_organisation(request: HttpRequest, ref: str) -> HttpResponse:
    """The commitments of an organisation, those still open first."""
    organisation = get_object_or_404(Organisation, ref=ref)
    found = COMMITMENTS.visible(request).filter(organisation=organisation)
    return case_pages.small_list(request, COMMITMENTS, found, of=organisation)


@allow(Role.OPERATOR)
@require_safe
def commitment_new(request: HttpRequest) -> HttpResponse:
    return case_console.new_page(request, CAPTURE)


@allow(Role.OPERATOR)
@require_POST
def commitment_read(request: HttpRequest) -> HttpResponse:
    return case_console.read_page(request, CAPTURE)


@allow(Role.OPERATOR)
@require_POST
def commitment_record(request: HttpRequest) -> HttpResponse:
    return case_console.record_page(request, CAPTURE)


@allow(Role.OPERATOR)
@require_safe
def commitment_capture(request: HttpRequest, ref: str) -> HttpResponse:
    """A panel of the console: the commitment of the contact `ref`, in one line."""
    return case_console.capture_panel(request, CAPTURE, ref)
