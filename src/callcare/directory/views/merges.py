"""Duplicates seen, joined, and taken apart again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.core.deeds import Refused
from callcare.directory.actions import merge_organisations, merge_persons, undo_merge
from callcare.directory.actions.merges import organisations_apart
from callcare.directory.keys import weights
from callcare.directory.models import MergeRecord, Organisation, Person
from callcare.directory.pairs import duplicate_pairs

SHOWN = ("name", "kind", "siret", "siren", "rna", "commune", "address", "website", "verified_at")


@allow(Role.OPERATOR)
@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """The pairs that may be one organisation, with their evidence; with `?fiche=`, those of one organisation."""
    ref = request.GET.get("fiche", "")
    of = get_object_or_404(Organisation.objects.visible_to(person(request)), ref=ref) if ref else None
    return render(request, "directory/duplicates.html", {"pairs": duplicate_pairs(of=of), "of": of})


@allow(Role.OPERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, ref: str, other: str) -> HttpResponse:
    """Join `other` into `ref`: what will move, what will be taken over, what differs; then the deed."""
    rows = Organisation.objects.visible_to(person(request)).live().select_related("commune")
    kept, merged = get_object_or_404(rows, ref=ref), get_object_or_404(rows, ref=other)
    said = ""
    if request.method == "POST":
        try:
            merge_organisations(kept, merged, by=person(request), because=request.POST.get("because", ""))
        except Refused as refusal:
            said = str(refusal)
        else:
            messages.success(request, "Les deux fiches n’en font plus qu’une. Vous pouvez défaire pendant 30 jours.")
            return redirect("directory:page", kept.ref)
    context = {
        "kept": kept, "merged": merged, "said": said, "blocked": organisations_apart(kept, merged),
        "moves": weights(merged), "lines": list(_compared(kept, merged)),
    }  # fmt: skip
    return render(request, "directory/merge.html", context, status=422 if said else 200)


def _compared(kept: Organisation, merged: Organisation) -> Any:
    for name in SHOWN:
        mine, other = getattr(kept, name), getattr(merged, name)
        if mine or other:
            shown = [kept.get_kind_display(), merged.get_kind_display()] if name == "kind" else [mine, other]
            result = "identique" if mine == other else "complété" if not mine else "gardé" if other else "inchangé"
            yield str(Organisation._meta.get_field(name).verbose_name), *shown, result  # type: ignore[union-attr]


@allow(Role.OPERATOR)
@require_POST
def undo(request: HttpRequest, ref: str) -> HttpResponse:
    """Take apart again: `ref` is the organisation that was merged."""
    merged = get_object_or_404(Organisation.objects.visible_to(person(request)), ref=ref)
    records = MergeRecord.objects.filter(kind="organisation", merged_id=merged.pk, undone_at=None).order_by("-pk")
    record = get_object_or_404(records)
    try:
        undo_merge(record, by=person(request), because=request.POST.get("because", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("directory:page", Organisation.objects.get(pk=record.kept_id).ref)
    messages.success(request, "Les deux fiches sont de nouveau séparées.")
    return redirect("directory:page", merged.ref)


@allow(Role.OPERATOR)
@require_POST
def merge_people(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Join another record of the same person into this one."""
    rows = Person.objects.visible_to(person(request)).live().filter(organisation__ref=ref)
    kept = get_object_or_404(rows, pk=pk)
    other = request.POST.get("autre", "")
    merged = get_object_or_404(rows, pk=int(other) if other.isdigit() else 0)
    try:
        merge_persons(kept, merged, by=person(request), because=request.POST.get("because", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("directory:person", ref, pk)
    messages.success(request, f"Les deux fiches de {kept} n’en font plus qu’une.")
    return redirect("directory:page", ref)
