"""The console: the contact in progress, who speaks, what is typed, what it leads to."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.core import clock
from callcare.core.deeds import Refused
from callcare.core.french import counted
from callcare.desk import actions
from callcare.desk.enums import Disposition, InteractionChannel, InteractionState
from callcare.desk.forms import CallBackForm, FinishForm, IdentifyForm, ReferForm, StartForm
from callcare.desk.models import Draft, Interaction, InteractionQuerySet, Reminder
from callcare.desk.requests import current_desk
from callcare.directory.callers import who_calls
from callcare.directory.rules import phones
from callcare.directory.search import find_organisations
from callcare.directory.writers import who_writes
from callcare.ui.templatetags.words import hour, moment

PARTS = {"note", "need", "commitment", "answer"}  # what the draft of a contact is made of


@allow(Role.OPERATOR)
@require_safe
def console(request: HttpRequest) -> HttpResponse:
    """Without a call: begin one, take up the one in progress, see what is owed today."""
    user = person(request)
    mine = Interaction.objects.visible_to(user)
    # A mail nobody has begun waits in its own list, however many there are.
    waiting = Q(channel=InteractionChannel.MAIL, operator=None)
    drafts = (
        mine.filter(state=InteractionState.DRAFT)
        .exclude(waiting)
        .select_related("organisation", "person", "operator", "draft")
    )
    context = {
        "desk": current_desk(request),
        "start": StartForm(),
        "drafts": drafts.order_by("-started_at")[:8],
        "owed": Reminder.objects.visible_to(user).planned().for_list()[:6],
        "undo": _undoable(mine.filter(operator=user)),
        "latest": mine.filter(state=InteractionState.FINAL).for_list()[:6],
    }
    return render(request, "desk/console.html", context)


def _undoable(mine: InteractionQuerySet) -> Interaction | None:
    """The contact she has just finished, while it can still be taken up again."""
    since = clock.now() - actions.REOPEN_WITHIN
    return mine.filter(state=InteractionState.FINAL, finished_at__gt=since).for_list().order_by("-finished_at").first()


@allow(Role.OPERATOR)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """A contact begins. A number we know names who may be speaking; a person is never assumed."""
    form = StartForm(request.POST)
    if not form.is_valid():
        return render(request, "desk/start.html", {"start": form, "form": form}, status=422)
    interaction = actions.log_interaction(by=person(request), desk=current_desk(request), **form.cleaned_data)
    return redirect("desk:contact", interaction.ref)


@allow(Role.OPERATOR)
@require_safe
def contact(request: HttpRequest, ref: str) -> HttpResponse:
    """One contact: the console while it is a draft, a page to read afterwards."""
    return _page(request, _find(request, ref))


def _find(request: HttpRequest, ref: str) -> Interaction:
    return get_object_or_404(
        Interaction.objects.visible_to(person(request)).select_related(
            "organisation__commune", "person", "operator", "draft", "desk"
        ),
        ref=ref,
    )


def _page(request: HttpRequest, interaction: Interaction, *, status: int = 200, **forms: object) -> HttpResponse:
    if interaction.state == InteractionState.FINAL:
        return render(request, "desk/contact.html", {"interaction": interaction}, status=status)
    # A call that nobody has answered has no draft yet: the first word typed makes it.
    draft = getattr(interaction, "draft", None) or Draft(interaction=interaction)
    kept = draft.content.get("note", {})
    unkept = "" if actions.is_number_kept(interaction) else interaction.raw_identity
    context = {
        "interaction": interaction,
        # Nobody has said who speaks yet: the name comes from the number alone.
        "by_number": bool(interaction.organisation and interaction.external_id and interaction.version == 1),
        "unkept": unkept,
        "nameless": actions.nameless_contacts(interaction) if unkept else 0,
        "draft": draft,
        "caller": _caller(interaction),
        "people": interaction.organisation.people.filter(merged_into=None) if interaction.organisation else (),
        "past": _past(request, interaction),
        "owed": _owed(request, interaction),
        "form": None,
        "finish": FinishForm(initial=kept),
        "call_back": CallBackForm(initial={"number": phones.parse(interaction.raw_identity).value}),
        "refer": ReferForm(),
        "side": request.GET.get("cote", "besoin"),
        "q": request.GET.get("q", ""),
        "hits": _hits(request),
        "unusable": [Disposition.WRONG_NUMBER, Disposition.SILENT, Disposition.SALES, Disposition.OUT_OF_SCOPE],
        **forms,
    }
    return render(request, "desk/call.html", context, status=status)


def _caller(interaction: Interaction) -> object:
    """Who may be calling or writing, by the number or the address alone: a hint, shown while nobody is named."""
    if interaction.organisation or not interaction.raw_identity:
        return None
    if interaction.channel == InteractionChannel.MAIL:
        return who_writes(interaction.raw_identity)
    return who_calls(interaction.raw_identity)


def _hits(request: HttpRequest) -> object:
    # A new organisation comes back by its reference, and is found like any other.
    text = (request.GET.get("q") or request.GET.get("organisation") or "").strip()
    return find_organisations(text, limit=8) if text else ()


def _past(request: HttpRequest, interaction: Interaction) -> object:
    if not interaction.organisation_id:
        return ()
    same = Interaction.objects.visible_to(person(request)).filter(organisation_id=interaction.organisation_id)
    return same.exclude(pk=interaction.pk).for_list()[:3]


def _owed(request: HttpRequest, interaction: Interaction) -> object:
    if not interaction.organisation_id:
        return ()
    mine = Reminder.objects.visible_to(person(request)).planned()
    return mine.filter(organisation_id=interaction.organisation_id).for_list()[:4]


@allow(Role.OPERATOR)
@require_safe
def who(request: HttpRequest, ref: str) -> HttpResponse:
    """The organisations that answer to what is typed, each ready to be named as the one speaking."""
    interaction = _find(request, ref)
    context = {"interaction": interaction, "hits": _hits(request), "q": request.GET.get("q", "")}
    if "HX-Request" not in request.headers:
        return redirect(f"{_address(interaction)}?q={context['q']}")
    return render(request, "desk/who.html", context)


def _address(interaction: Interaction) -> str:
    return redirect("desk:contact", interaction.ref).url


@allow(Role.OPERATOR)
@require_POST
def keep(request: HttpRequest, ref: str) -> HttpResponse:
    """Autosave: the draft is kept, or the words of whoever was faster are told. Both texts stay."""
    interaction = _find(request, ref)
    part = request.POST.get("part", "")
    if part not in PARTS or interaction.state != InteractionState.DRAFT:
        return HttpResponse("Ce contact n’est plus un brouillon : rechargez la page.", status=409)
    seen = request.POST.get("seen", "")
    try:
        draft = actions.save_draft(
            interaction,
            by=person(request),
            seen=int(seen) if seen.isdecimal() and len(seen) < 9 else 0,
            part=part,
            typed=_typed(request.POST),
        )
    except Refused as refusal:
        return HttpResponse(str(refusal), status=409)
    return JsonResponse({"seen": draft.version, "at": hour(draft.saved_at)})


def _typed(posted: QueryDict) -> dict[str, Any]:
    """What the form holds, its own machinery left out; a box ticked several times stays a list."""
    ours = {"part", "seen", "csrfmiddlewaretoken"}
    return {
        name: values if len(values) > 1 or name == "dispositions" else values[0]
        for name, values in posted.lists()
        if name not in ours and values
    }


@allow(Role.OPERATOR)
@require_POST
def identify(request: HttpRequest, ref: str) -> HttpResponse:
    """Say who is speaking; an empty choice takes the name off again."""
    interaction = _find(request, ref)
    form = IdentifyForm(request.POST)
    facts: dict[str, Any] = {"organisation": None, "person": None}
    if request.POST.get("organisation"):
        if not form.is_valid():
            messages.error(request, "Choisissez une organisation dans la liste.")
            return redirect("desk:contact", ref)
        facts = form.cleaned_data
    return _then(request, interaction, lambda: actions.identify(interaction, by=person(request), **facts))


@allow(Role.OPERATOR)
@require_POST
def number(request: HttpRequest, ref: str) -> HttpResponse:
    """« Garder le numéro »: it is hers from now on, and so are its past contacts that had no name."""
    interaction = _find(request, ref)
    try:
        renamed = actions.keep_number(interaction, by=person(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        past = counted(renamed, "contact passé porte", "contacts passés portent")
        messages.success(request, f"Le numéro est gardé.{f' Et {past} maintenant ce nom.' if renamed else ''}")
    return redirect("desk:contact", ref)


@allow(Role.OPERATOR)
@require_POST
def finish(request: HttpRequest, ref: str) -> HttpResponse:
    """The contact is over; the console is free for the next."""
    interaction = _find(request, ref)
    form = FinishForm(request.POST)
    if not form.is_valid():
        return _page(request, interaction, status=422, finish=form, form=form)
    try:
        actions.finish_interaction(interaction, by=person(request), **form.cleaned_data)
    except Refused as refusal:
        form.add_error("dispositions" if interaction.state == InteractionState.DRAFT else None, str(refusal))
        return _page(request, interaction, status=422, finish=form, form=form)
    messages.success(request, "Le contact est enregistré.")
    return redirect("desk:console")


@allow(Role.OPERATOR)
@require_POST
def reopen(request: HttpRequest, ref: str) -> HttpResponse:
    interaction = _find(request, ref)
    return _then(request, interaction, lambda: actions.reopen_interaction(interaction, by=person(request)))


@allow(Role.OPERATOR)
@require_POST
def call_back(request: HttpRequest, ref: str) -> HttpResponse:
    """Promise to call back: a line of the list of what is owed."""
    interaction = _find(request, ref)
    form = CallBackForm(request.POST)
    if not form.is_valid():
        return _page(request, interaction, status=422, call_back=form, form=form)
    facts = {name: form.cleaned_data[name] for name in ("due_at", "number", "note")}
    try:
        owed = actions.promise_call_back(interaction, by=person(request), **facts)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, interaction, status=422, call_back=form, form=form)
    messages.success(request, f"Rappel noté pour {moment(owed.due_at)}.")
    return redirect("desk:contact", ref)


@allow(Role.OPERATOR)
@require_POST
def refer(request: HttpRequest, ref: str) -> HttpResponse:
    """Send the caller to a service elsewhere."""
    interaction = _find(request, ref)
    form = ReferForm(request.POST)
    if not form.is_valid():
        return _page(request, interaction, status=422, refer=form, form=form)
    return _then(
        request,
        interaction,
        lambda: actions.refer(interaction, by=person(request), organisation=None, **form.cleaned_data),
        said="L’orientation est notée.",
    )


def _then(request: HttpRequest, interaction: Interaction, act: Callable[[], object], said: str = "") -> HttpResponse:
    """Do it, say it or say why not, and come back to the contact."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if said:
            messages.success(request, said)
    return redirect("desk:contact", interaction.ref)
