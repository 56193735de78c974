"""Attachments: pictures made by the house, the file once it is clean, the original for a reason."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.core.deeds import Refused
from callcare.mailbox import previews
from callcare.mailbox.actions.attachments import content, open_original
from callcare.mailbox.enums import ScanState
from callcare.mailbox.files import as_file, locked
from callcare.mailbox.forms import OpenOriginalForm
from callcare.mailbox.models import Attachment
from callcare.mailbox.reading_room import has_scanner, is_shown_as_picture
from callcare.mailbox.rules.attachments import safe_name


def _find(request: HttpRequest, ref: str) -> Attachment:
    rows = Attachment.objects.visible_to(person(request)).select_related("mail__thread", "mail__desk", "mail__raw")
    return get_object_or_404(rows, ref=ref)


@allow(Role.OPERATOR)
@require_safe
def attachment(request: HttpRequest, ref: str) -> HttpResponse:
    """What is known of an attachment, and its pictures."""
    return _page(request, _find(request, ref), OpenOriginalForm())


def _page(request: HttpRequest, found: Attachment, form: OpenOriginalForm, *, status: int = 200) -> HttpResponse:
    pages = 0
    if is_shown_as_picture(found):
        pages = 1 if found.found_type != previews.PDF else previews.page_count(content(found))
    context = {
        "attachment": found,
        "form": form,
        "pages": range(1, min(pages, previews.MOST_PAGES) + 1),
        "total": pages,
        "has_scanner": has_scanner(),
    }
    return render(request, "mailbox/attachment.html", context, status=status)


@allow(Role.OPERATOR)
@require_safe
def preview(request: HttpRequest, ref: str, page: int) -> HttpResponse:
    """One picture, drawn by the house in a process apart."""
    found = _find(request, ref)
    made = previews.picture(content(found), found.found_type, page) if is_shown_as_picture(found) else None
    if made is None:
        raise Http404
    return locked(HttpResponse(made, content_type="image/png"))


@allow(Role.OPERATOR)
@require_safe
def download(request: HttpRequest, ref: str) -> HttpResponse:
    """The file itself, found clean."""
    found = _find(request, ref)
    if found.scan != ScanState.CLEAN or not (data := content(found)):
        raise Http404
    return as_file(data, safe_name(found.name))


@allow(Role.OPERATOR)
@require_POST
def open_unscanned(request: HttpRequest, ref: str) -> HttpResponse:
    """The original of what nobody scanned, for a reason."""
    found = _find(request, ref)
    form = OpenOriginalForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        data = open_original(found, by=person(request), because=form.cleaned_data["because"])
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, found, form, status=422)
    if not data:
        form.add_error(None, "Le contenu de cette pièce jointe n’est plus là, ou elle est trop volumineuse.")
        return _page(request, found, form, status=422)
    return as_file(data, safe_name(found.name))
