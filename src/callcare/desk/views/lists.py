"""The log of contacts, and the list of what the desk owes."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from callcare.accounts.enums import Role
from callcare.accounts.requests import allow, person
from callcare.core import clock
from callcare.core.deeds import Refused
from callcare.core.listing import KeyPaginator, SearchPaginator, holding
from callcare.core.replica import from_replica
from callcare.desk import actions
from callcare.desk.enums import Disposition, InteractionChannel
from callcare.desk.forms import SnoozeForm
from callcare.desk.models import Interaction, Reminder
from callcare.directory.models import Organisation
from callcare.directory.rules import phones


@allow(Role.OPERATOR)
@require_safe
@from_replica
def log(request: HttpRequest) -> HttpResponse:
    """One stream of calls, mails, forms and visits, filtered by typing."""
    rows = Interaction.objects.visible_to(person(request)).for_list()
    channel, led_to, text = (request.GET.get(name, "") for name in ("canal", "suite", "q"))
    if channel in InteractionChannel.values:
        rows = rows.filter(channel=channel)
    if led_to in Disposition.values:
        rows = rows.filter(dispositions__contains=[led_to])
    if text.strip():
        rows = holding(rows, _saying(text.strip()))
    paginator = SearchPaginator if text.strip() else KeyPaginator
    context = {
        "page": paginator(rows, 25, shown=Interaction.objects.for_list()).get_page(request.GET.get("page")),
        "channels": InteractionChannel.choices,
        "dispositions": Disposition.choices,
        "channel": channel,
        "led_to": led_to,
        "text": text,
    }
    return render(request, "desk/log.html", context)


def _saying(text: str) -> list[Q]:
    """In the note, the organisation's name, or the number in any spelling: one index a place."""
    bodies = Organisation.objects.filter(name__icontains=text).values("pk")
    says = [Q(summary__icontains=text), Q(organisation__in=bodies), Q(ref=text.upper())]
    if number := phones.parse(text).value:
        says.append(Q(raw_identity=number))
    return says


@allow(Role.OPERATOR)
@require_safe
@from_replica
def reminders(request: HttpRequest) -> HttpResponse:
    """What is owed: late, today, this week, later. One key each: called, no answer, done, put off."""
    rows = Reminder.objects.visible_to(person(request)).planned().for_list()
    if request.GET.get("qui") == "moi":
        rows = rows.filter(Q(owner=person(request)) | Q(claimed_by=person(request)))
    page = KeyPaginator(rows, 30, shown=Reminder.objects.for_list()).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "baskets": _baskets(list(page)),
        "mine": request.GET.get("qui") == "moi",
        "now": clock.now(),
        "tomorrow": clock.today() + timedelta(days=1),
    }
    return render(request, "desk/reminders.html", context)


def _baskets(rows: list[Reminder]) -> list[dict[str, Any]]:
    now = clock.now()
    midnight = datetime.combine(clock.today() + timedelta(days=1), time(), clock.PARIS)
    week = midnight + timedelta(days=6)
    said = [
        ("En retard", "late", [row for row in rows if row.due_at <= now]),
        ("Aujourd’hui", "wait", [row for row in rows if now < row.due_at < midnight]),
        ("Cette semaine", "", [row for row in rows if midnight <= row.due_at < week]),
        ("Plus tard", "", [row for row in rows if row.due_at >= week]),
    ]
    return [{"title": title, "tone": tone, "rows": found} for title, tone, found in said if found]


def _find(request: HttpRequest, ref: str) -> Reminder:
    return get_object_or_404(Reminder.objects.visible_to(person(request)).for_list(), ref=ref)


def _answer(request: HttpRequest, reminder: Reminder, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("desk:reminders")


def _refuse(request: HttpRequest, refusal: Refused) -> HttpResponse:
    messages.error(request, str(refusal))
    return redirect("desk:reminders")


@allow(Role.OPERATOR)
@require_POST
def take(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep it to oneself for a quarter of an hour; a second press gives it back."""
    reminder = _find(request, ref)
    try:
        if reminder.claimed_by_id == person(request).pk and reminder.is_taken:
            actions.let_go_reminder(reminder, by=person(request))
            return _answer(request, reminder, "La relance est rendue à la liste.")
        actions.take_reminder(reminder, by=person(request))
    except Refused as refusal:
        return _refuse(request, refusal)
    return _answer(request, reminder, "Vous avez un quart d’heure : la relance n’est qu’à vous.")


@allow(Role.OPERATOR)
@require_POST
def done(request: HttpRequest, ref: str) -> HttpResponse:
    reminder = _find(request, ref)
    try:
        actions.do_reminder(reminder, by=person(request), note=request.POST.get("note", ""))
    except Refused as refusal:
        return _refuse(request, refusal)
    return _answer(request, reminder, f"C’est fait : {reminder.about}.")


@allow(Role.OPERATOR)
@require_POST
def tried(request: HttpRequest, ref: str) -> HttpResponse:
    """Called, nobody answered."""
    reminder = _find(request, ref)
    try:
        actions.try_reminder(reminder, by=person(request))
    except Refused as refusal:
        return _refuse(request, refusal)
    return _answer(request, reminder, "Essai noté ; la relance revient dans deux heures ouvrées.")


@allow(Role.OPERATOR)
@require_POST
def snooze(request: HttpRequest, ref: str) -> HttpResponse:
    """Put off to another day, at nine."""
    reminder = _find(request, ref)
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choisissez un jour à venir.")
        return redirect("desk:reminders")
    until = datetime.combine(form.cleaned_data["day"], time(9), clock.PARIS)
    try:
        actions.snooze_reminder(reminder, by=person(request), until=until)
    except Refused as refusal:
        return _refuse(request, refusal)
    return _answer(request, reminder, "La relance est reportée.")
