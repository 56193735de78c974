"""The catalogue as people read it, and as a steward keeps it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.catalogue.actions import add_category, edit_category, retire_category
from callcare.catalogue.forms import CategoryForm, NewCategoryForm, RetireForm
from callcare.catalogue.models import Category
from callcare.core.deeds import Refused
from callcare.core.edits import Outdated

KEEPERS = (Role.STEWARD, Role.ADMIN)


@allow(Role.OPERATOR, *KEEPERS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The tree, kind by kind; `q` keeps the categories whose name or synonyms hold these letters."""
    q = request.GET.get("q", "").replace("\0", "").strip()[:60]
    rows = Category.objects.visible_to(person(request)).in_use().select_related("unit").order_by("path")
    if q:
        rows = rows.filter(Q(label__icontains=q) | Q(synonyms__icontains=q))
    kinds: dict[str, list[Category]] = {}
    for row in rows:
        kinds.setdefault(row.get_kind_display(), []).append(row)
    context = {"kinds": kinds, "q": q, "may_edit": person(request).has_role(*KEEPERS)}
    return render(request, "catalogue/list.html", context)


def _find(request: HttpRequest, code: str) -> Category:
    return get_object_or_404(Category.objects.visible_to(person(request)).in_use(), code=code)


@allow(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = NewCategoryForm(request.POST or None)
    if form.is_valid():
        facts = form.cleaned_data
        if _done(form, lambda: add_category(by=person(request), **facts)):
            messages.success(request, f"La catégorie « {facts['label']} » est ajoutée.")
            return redirect("catalogue:list")
    return render(request, "catalogue/add.html", {"form": form}, status=422 if form.errors else 200)


@allow(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a category; the second of two editors is told who changed what, and keeps her text."""
    category = _find(request, code)
    form = CategoryForm(request.POST or None, instance=category)
    outdated: Outdated | None = None
    if request.method == "POST" and form.is_valid():
        said = request.POST.get("version", "")
        seen = int(said) if said.isdecimal() and len(said) < 9 else 0
        facts = form.cleaned_data
        try:
            if _done(form, lambda: edit_category(category, by=person(request), seen=seen, **facts)):
                messages.success(request, f"La catégorie « {facts['label']} » est enregistrée.")
                return redirect("catalogue:list")
        except Outdated as late:
            outdated = late
            category.refresh_from_db(fields=["version"])
    return _edit_page(request, category, form=form, outdated=outdated)


@allow(*KEEPERS)
@require_POST
def retire(request: HttpRequest, code: str) -> HttpResponse:
    category = _find(request, code)
    form = RetireForm(request.POST)
    because = request.POST.get("because", "")
    if form.is_valid() and _done(form, lambda: retire_category(category, by=person(request), because=because)):
        messages.success(request, f"La catégorie « {category.label} » est retirée.")
        return redirect("catalogue:list")
    return _edit_page(request, category, retire_form=form)


def _edit_page(request: HttpRequest, category: Category, **more: Any) -> HttpResponse:
    context = {
        "category": category,
        "form": CategoryForm(instance=category),
        "retire_form": RetireForm(),
        "outdated": None,
        **more,
    }
    wrong = context["form"].errors or context["retire_form"].errors or context["outdated"]
    return render(request, "catalogue/edit.html", context | {"is_wrong": bool(wrong)}, status=422 if wrong else 200)


def _done(form: BaseForm, act: Callable[[], object]) -> bool:
    """Do the deed; a refusal becomes an error of the form. A stale page is another matter: it goes through."""
    try:
        act()
    except Outdated:
        raise
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True
