"""« Tableurs »: hand a spreadsheet over, see what it would do line by line, write it or give it up.

These pages stand on the highest floor because they write needs and commitments, and no lower floor may know both.
The rows they keep belong to the desk (docs/adr/0011-spreadsheets-in-a-page.md).
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.config.imports.batches import NothingWritten, apply_batch, drop_batch, read_again, receive_table
from callcare.config.imports.findings import Result
from callcare.config.imports.forms import ApplyForm, TableForm
from callcare.core.deeds import Refused
from callcare.core.french import counted
from callcare.desk.models import ImportBatch

TO_SEE = "a-voir"


def _find(request: HttpRequest, ref: str) -> ImportBatch:
    return get_object_or_404(
        ImportBatch.objects.visible_to(person(request)).select_related("desk", "received_by"), ref=ref
    )


@allow(Role.OPERATOR, Role.STEWARD)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The spreadsheets handed over, latest first, and the way to hand over another."""
    user = person(request)
    form = TableForm(user=user) if user.is_operator else None
    return _list_page(request, form)


@allow(Role.OPERATOR)
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Take a file, read it, and show what it would do. What is wrong with it is said beside the field."""
    form = TableForm(request.POST, request.FILES, user=person(request))
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = receive_table(
                file.read(), file_name=file.name, what=form.cleaned_data["what"], desk=form.cleaned_data["desk"],
                by=person(request),
            )  # fmt: skip
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("config:table", batch.ref)
    return _list_page(request, form, status=422)


def _list_page(request: HttpRequest, form: TableForm | None, status: int = 200) -> HttpResponse:
    rows = ImportBatch.objects.visible_to(person(request)).for_list()
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    return render(request, "config/tables.html", {"form": form, "page": page}, status=status)


@allow(Role.OPERATOR, Role.STEWARD)
@require_safe
def table(request: HttpRequest, ref: str) -> HttpResponse:
    """One spreadsheet, line by line: what it would do, or what it did."""
    return _table_page(request, _find(request, ref), ApplyForm())


@allow(Role.OPERATOR)
@require_http_methods(["POST"])
def writing(request: HttpRequest, ref: str) -> HttpResponse:
    """« Écrire »."""
    batch, form = _find(request, ref), ApplyForm(request.POST)
    form.is_valid()
    try:
        imported = apply_batch(batch, by=person(request), **form.cleaned_data)
    except NothingWritten as nothing:
        batch.refresh_from_db()
        read_again(batch, nothing.imported, by=person(request))
        form.add_error(None, str(nothing))
        return _table_page(request, batch, form, status=422)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        refused = len(imported.refused)
        left = f" {counted(refused, 'ligne reste', 'lignes restent')} à corriger." if refused else ""
        messages.success(request, f"C’est écrit : {counted(len(imported.outcomes) - refused, 'ligne')}.{left}")
    return redirect("config:table", ref)


@allow(Role.OPERATOR)
@require_POST
def giving_up(request: HttpRequest, ref: str) -> HttpResponse:
    """« Abandonner »."""
    batch = _find(request, ref)
    try:
        drop_batch(batch, by=person(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("config:table", ref)
    messages.success(request, f"« {batch.file_name} » est abandonné. Rien n’a été écrit.")
    return redirect("config:tables")


@allow(Role.OPERATOR)
@require_safe
def refused(request: HttpRequest, ref: str) -> HttpResponse:
    """The lines to correct, as a file to load again."""
    batch = _find(request, ref)
    if not batch.refused:
        raise Http404
    answer = HttpResponse(bytes(batch.refused), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="a-corriger-{batch.ref}.csv"'
    return answer


def _table_page(request: HttpRequest, batch: ImportBatch, form: ApplyForm, status: int = 200) -> HttpResponse:
    chosen = request.GET.get("lignes", "")
    lines = [one for one in batch.outcomes if chosen in {"", one["result"]} or (chosen == TO_SEE and one["warnings"])]
    counts = [
        (str(result), batch.report["counts"][result])
        for result in Result
        if batch.report.get("counts", {}).get(result)
    ]
    context = {
        "batch": batch,
        "form": form,
        "page": Paginator(lines, 50).get_page(request.GET.get("page")),
        "counts": counts,
        "to_see": (TO_SEE, sum(bool(one["warnings"]) for one in batch.outcomes)),
        "chosen": chosen,
        "may_write": batch.state == "read" and batch.desk.operators.filter(pk=person(request).pk).exists(),
    }
    return render(request, "config/table.html", context, status=status)
