"""Who speaks for an organisation, and how they are reached."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.core.deeds import Refused
from callcare.core.edits import Outdated
from callcare.directory.actions import edit_person, record_channel, record_person, retire_channel
from callcare.directory.forms import ChannelForm, PersonForm, SpeakerForm
from callcare.directory.models import Channel, Organisation, Person


def _organisation(request: HttpRequest, ref: str) -> Organisation:
    return get_object_or_404(Organisation.objects.visible_to(person(request)).live(), ref=ref)


def _person(request: HttpRequest, ref: str, pk: int) -> Person:
    rows = Person.objects.visible_to(person(request)).live().select_related("organisation")
    return get_object_or_404(rows, pk=pk, organisation__ref=ref)


@allow(Role.OPERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def person_new(request: HttpRequest, ref: str) -> HttpResponse:
    """Enter somebody who speaks for this organisation."""
    organisation = _organisation(request, ref)
    form = SpeakerForm(request.POST or None)
    form.fields["last_name"].required = True
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        who = {name: said[name] for name in ("last_name", "first_name", "role")}
        try:
            record_person(organisation, by=person(request), reach=[said["phone"], said["email"]], **who)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "L’interlocuteur est enregistré.")
            return redirect("directory:page", ref)
    context = {"form": form, "organisation": organisation}
    return render(request, "directory/person_new.html", context, status=422 if form.errors else 200)


@allow(Role.OPERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def person_edit(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Correct a person: her name, her role, that she has left, that she wants to be left in peace."""
    somebody = _person(request, ref, pk)
    form = PersonForm(request.POST or None, instance=somebody)
    outdated: Outdated | None = None
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        try:
            edit_person(
                somebody, by=person(request), seen=int(version) if version.isdigit() else 0, **form.cleaned_data
            )
        except Outdated as late:
            outdated = late
            somebody.refresh_from_db(fields=["version"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "La fiche est enregistrée.")
            return redirect("directory:page", ref)
    others = Person.objects.live().filter(organisation=somebody.organisation_id).exclude(pk=pk).order_by("search_name")
    channels = somebody.channels.in_use().order_by("-kind", "pk")
    context = {"form": form, "person": somebody, "outdated": outdated, "others": others, "channels": channels}
    return render(request, "directory/person.html", context, status=422 if form.errors or outdated else 200)


@allow(Role.OPERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def channel_new(request: HttpRequest, ref: str) -> HttpResponse:
    """Note a number or an address, of the organisation or (`pour`) of one of its persons."""
    organisation = _organisation(request, ref)
    asked = request.POST.get("pour") or request.GET.get("pour", "")
    somebody = _person(request, ref, int(asked)) if asked.isdigit() else None
    form = ChannelForm(request.POST or None, initial={"use": "direct" if somebody else "switchboard"})
    if request.method == "POST" and form.is_valid():
        owner = {"person": somebody} if somebody else {"organisation": organisation}
        try:
            record_channel(by=person(request), **owner, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("value", str(refusal))
        else:
            messages.success(request, "La coordonnée est notée.")
            return redirect("directory:page", ref)
    context = {"form": form, "organisation": organisation, "person": somebody}
    return render(request, "directory/channel.html", context, status=422 if form.errors else 200)


@allow(Role.OPERATOR)
@require_POST
def channel_retire(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """This number or address reaches nobody any more."""
    organisation = _organisation(request, ref)
    rows = Channel.objects.visible_to(person(request)).filter(pk=pk)
    channel = get_object_or_404(
        rows.filter(organisation=organisation) | rows.filter(person__organisation=organisation)
    )
    try:
        retire_channel(channel, by=person(request), because=request.POST.get("because", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "La coordonnée est retirée. Elle reste connue : un appel de ce numéro se reconnaît.")
    return redirect("directory:page", ref)
