"""Finding, reading and writing organisations."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.core.deeds import Refused
from callcare.core.edits import Outdated
from callcare.core.listing import KeyPaginator
from callcare.core.replica import from_replica
from callcare.directory.actions import edit_organisation, record_channel, record_organisation, record_person
from callcare.directory.duplicates import Evidence, Facts, probable_duplicates
from callcare.directory.enums import OrganisationKind
from callcare.directory.forms import OrganisationForm, QuickForm, SpeakerForm
from callcare.directory.models import Channel, MergeRecord, Organisation, Person
from callcare.directory.permissions import may_see_people
from callcare.directory.rules import names, phones
from callcare.directory.search import find_organisations
from callcare.ui.addresses import address_of


@allow(Role.OPERATOR, Role.STEWARD)
@require_safe
@from_replica
def organisation_list(request: HttpRequest) -> HttpResponse:
    """The directory, by name; filtered by words, nature and commune."""
    text, kind, place = (request.GET.get(name, "").strip() for name in ("q", "nature", "commune"))
    rows = Organisation.objects.visible_to(person(request)).live().for_list()
    rows = rows.with_words(names.words(text)) if text else rows
    rows = rows.filter(kind=kind) if kind in OrganisationKind.values else rows
    rows = rows.with_words(names.words(place)) if place else rows
    page = KeyPaginator(rows, 25, shown=Organisation.objects.for_list()).get_page(request.GET.get("page"))
    context = {
        "page": page, "q": text, "nature": kind, "commune": place,
        "kinds": OrganisationKind.choices, "may_write": person(request).is_operator,
    }  # fmt: skip
    return render(request, "directory/list.html", context)


@allow(Role.OPERATOR)
@require_safe
@from_replica
def search(request: HttpRequest) -> HttpResponse:
    """What the top bar asks: letters, a number, an address, an identifier, a reference. htmx takes the list alone."""
    text = request.GET.get("q", "").strip()
    # A reference of anything leads to its page; whether she may see it is that page's affair.
    if (address := address_of(text)) and not request.htmx:  # type: ignore[attr-defined]
        return redirect(address)
    hits = find_organisations(text, limit=20)
    if len(hits) == 1 and not request.htmx and not hits[0].near:  # type: ignore[attr-defined]
        return redirect("directory:page", hits[0].ref)
    template = "directory/hits.html" if request.htmx else "directory/search.html"  # type: ignore[attr-defined]
    return render(request, template, {"q": text, "hits": hits})


@allow(Role.OPERATOR, Role.STEWARD, Role.PARTNER)
@require_safe
def organisation_page(request: HttpRequest, ref: str) -> HttpResponse:
    """One organisation; persons and their numbers only for the desks. A merged one leads to the one kept."""
    user = person(request)
    rows = Organisation.objects.visible_to(user).select_related("commune__departement", "merged_into")
    organisation = get_object_or_404(rows, ref=ref)
    if organisation.merged_into and user.is_operator:
        messages.info(request, f"« {organisation.name} » a été fondue dans cette fiche.")
        return redirect("directory:page", organisation.merged_into.ref)
    context: dict[str, Any] = {"organisation": organisation, "may_write": user.is_operator}
    if may_see_people(user):
        context |= _for_the_desk(organisation)
    return render(request, "directory/page.html", context)


def _for_the_desk(organisation: Organisation) -> dict[str, Any]:
    channels = Channel.objects.in_use().order_by("-kind", "pk")
    people = organisation.people.live().order_by("left_on", "search_name", "pk")
    merged = MergeRecord.objects.filter(kind="organisation", kept_id=organisation.pk, undone_at=None).order_by("-pk")
    return {
        "people": list(people.prefetch_related(Prefetch("channels", channels, to_attr="reached"))),
        "channels": channels.filter(organisation=organisation),
        "undoable": _undoable(list(merged)),
    }


def _undoable(records: list[MergeRecord]) -> list[tuple[MergeRecord, Organisation]]:
    rows = Organisation.objects.in_bulk([record.merged_id for record in records])
    return [(record, rows[record.merged_id]) for record in records]


@allow(Role.OPERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def organisation_new(request: HttpRequest) -> HttpResponse:
    """Enter an organisation and who speaks for it. Probable duplicates are shown first, and may be overruled."""
    given = request.POST if request.method == "POST" else None
    form = OrganisationForm(given, initial={"name": request.GET.get("name", "")})
    speaker = SpeakerForm(given, prefix="qui")
    doubles: list[Evidence] = []
    if given is not None and form.is_valid() and speaker.is_valid():
        facts = form.cleaned_data
        doubles = [] if "quand_meme" in given else _doubles(facts, speaker.cleaned_data)
        if not doubles:
            try:
                organisation = record_organisation(by=person(request), because=given.get("because", ""), **facts)
                _record_speaker(request, organisation, speaker.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, "L’organisation est enregistrée.")
                back = _back(request)
                return redirect(f"{back}?organisation={organisation.ref}" if back else page_of(organisation))
    failed = bool(form.errors or speaker.errors or doubles)
    context = {"form": form, "speaker": speaker, "doubles": doubles, "back": _back(request)}
    return render(request, "directory/new.html", context, status=422 if failed else 200)


def page_of(organisation: Organisation) -> str:
    """Where an organisation is read."""
    return reverse("directory:page", args=[organisation.ref])


def _back(request: HttpRequest) -> str:
    """The page of this house that asked for a new organisation, and is waiting for it."""
    back = request.POST.get("retour") or request.GET.get("retour", "")
    return back if back and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else ""


def _doubles(facts: dict[str, Any], said: dict[str, Any]) -> list[Evidence]:
    phone = phones.parse(said["phone"]).value
    commune = facts.get("commune")
    return probable_duplicates(
        Facts(
            name=facts["name"], commune_id=commune.pk if commune else None, siren=facts.get("siren", ""),
            siret=facts.get("siret", ""), rna=facts.get("rna", ""),
            phones=(phone,) if phone else (), emails=(said["email"],) if said["email"] else (),
        )
    )  # fmt: skip


def _record_speaker(request: HttpRequest, organisation: Organisation, said: dict[str, Any]) -> Person | None:
    """The person with her numbers; without a name the numbers are the organisation's own."""
    reach = [value for value in (said["phone"], said["email"]) if value]
    if said["last_name"]:
        who = {name: said[name] for name in ("last_name", "first_name", "role")}
        return record_person(organisation, by=person(request), reach=reach, **who)
    for value in reach:
        record_channel(by=person(request), organisation=organisation, value=value, use="switchboard")
    return None


@allow(Role.OPERATOR)
@require_POST
def quick(request: HttpRequest) -> HttpResponse:
    """A new caller in one go, from the console: the fragment says who was entered, or what stands in the way."""
    form = QuickForm(request.POST)
    doubles: list[Evidence] = []
    if form.is_valid():
        said = form.cleaned_data
        doubles = [] if "quand_meme" in request.POST else _doubles(said, said)
        if not doubles:
            try:
                facts = {name: said[name] for name in ("name", "kind", "commune")}
                organisation = record_organisation(
                    by=person(request), because=request.POST.get("because", ""), **facts
                )
                speaker = _record_speaker(request, organisation, said)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                return render(request, "directory/created.html", {"organisation": organisation, "person": speaker})
    return render(request, "directory/quick.html", {"form": form, "doubles": doubles}, status=422)


@allow(Role.OPERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def organisation_edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Correct an organisation; the second of two editors is told who changed what, and keeps her text."""
    organisation = get_object_or_404(Organisation.objects.visible_to(person(request)).live(), ref=ref)
    form = OrganisationForm(request.POST or None, instance=organisation)
    outdated: Outdated | None = None
    if request.method == "POST" and form.is_valid():
        seen = int(request.POST.get("version") or 0) if request.POST.get("version", "").isdigit() else 0
        try:
            edit_organisation(organisation, by=person(request), seen=seen, **form.cleaned_data)
        except Outdated as late:
            outdated = late
            organisation.refresh_from_db(fields=["version"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "La fiche est enregistrée.")
            return redirect("directory:page", organisation.ref)
    context = {"form": form, "organisation": organisation, "outdated": outdated}
    return render(request, "directory/edit.html", context, status=422 if form.errors or outdated else 200)
