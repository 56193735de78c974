"""The components of the house. Each has a template of its own name and a place on /style/."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.contrib.auth import get_user_model
from django.core.paginator import Page
from django.db import models
from django.forms import BaseForm
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from callcare.core import deeds, french
from callcare.core.edits import Outdated
from callcare.ui import live as live_places, menu as menus, panels as panel_places
from callcare.ui.templatetags import words

register = template.Library()

# A state's colour and shape repeat its word. Whoever is not listed is over, or says its own `tone`.
TONES = {
    "to_qualify": "wait", "open": "wait", "queued": "wait", "proposed": "wait", "held": "wait", "planned": "wait",
    "draft": "wait", "announced": "wait",
    "sent": "going", "in_progress": "going", "confirmed": "going", "active": "going",
    "succeeded": "done", "fulfilled": "done", "done": "done", "final": "done", "published": "done",
    "failed": "late", "unreachable": "late", "expired": "late",
}  # fmt: skip


@register.inclusion_tag("ui/state.html")
def state(thing: Any) -> dict[str, str]:
    """{% state need %}: the state in words first; the colour and the shape only repeat what the words say."""
    tone = getattr(thing, "tone", None) or TONES.get(thing.state, "over")
    return {"label": thing.get_state_display(), "tone": tone}


@register.inclusion_tag("ui/tag.html")
def tag(label: object, tone: str = "") -> dict[str, object]:
    """{% tag "hier" tone="late" %}: a word set apart. Tones: wait, going, done, late, or none."""
    return {"label": label, "tone": tone}


@register.inclusion_tag("ui/chip.html")
def chip(label: object, detail: object = "", *, kind: str = "", url: str = "") -> dict[str, object]:
    """{% chip "Wattrelos" "59" %}: something understood; kind="ask" asks for it, kind="doubt" is to be confirmed."""
    return {"label": label, "detail": detail, "kind": kind, "url": url}


@register.inclusion_tag("ui/errors.html")
def errors(*forms: BaseForm | None) -> dict[str, Any]:
    """{% errors form %}: all that is wrong, on top of the page, each line a link to its field. Takes several forms."""
    return {"forms": [form for form in forms if getattr(form, "errors", None)]}


# What changes by itself with the deed: the sentence of the deed already says it.
HIDDEN = {"id", "version", "revision", "created_at", "search_name", "closed_at", "first_closed_at", "finished_at"}


def _said(field: Any, value: Any) -> str:
    """A value of the history as people say it: the label of a choice, a day, « oui », « vide »."""
    if isinstance(value, list):
        return french.listed([_said(getattr(field, "base_field", field), one) for one in value])
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return words.moment(value)
    if isinstance(value, date):
        return words.day(value)
    return str(dict(field.flatchoices).get(value, value))


def _told(lines: list[deeds.Line], thing: models.Model) -> list[dict[str, Any]]:
    """Deeds with the names of the people who did them and of the fields they changed: one query for the names."""
    people = get_user_model()._default_manager.in_bulk({line.by for line in lines if line.by})
    fields = {field.attname: field for field in thing._meta.concrete_fields}
    return [
        {
            "line": line,
            "who": people.get(line.by) if line.by else None,
            "changes": [
                (str(fields[fact].verbose_name), _said(fields[fact], before), _said(fields[fact], after))
                for fact, (before, after) in line.changes.items()
                if fact in fields and fact not in HIDDEN and not fact.endswith("_id") and (before or after)
            ],
        }
        for line in lines
    ]


@register.inclusion_tag("ui/timeline.html")
def timeline(thing: models.Model) -> dict[str, Any]:
    """{% timeline need %}: who did what to this thing, when and why, latest first."""
    return {"told": _told(deeds.timeline(thing), thing)[::-1]}


@register.inclusion_tag("ui/conflict.html")
def conflict(outdated: Outdated | None) -> dict[str, Any]:
    """{% conflict outdated %}: who changed what while you were writing. Nothing for None."""
    return {"outdated": outdated, "told": _told(outdated.lines, outdated.thing) if outdated else []}


@register.inclusion_tag("ui/pages.html", takes_context=True)
def pages(context: template.Context, page: Page[Any], word: str = "ligne") -> dict[str, Any]:
    """{% pages page "besoin" %}: how many there are, and the way to the others; keeps the filters of the address."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    return {"page": page, "word": word, "query": f"{query.urlencode()}&" if query else ""}


@register.inclusion_tag("ui/panels.html", takes_context=True)
def panels(context: template.Context, place: str, ref: object) -> dict[str, Any]:
    """{% panels "need" need.ref %}: the place where the floors above show what they know of this thing."""
    offered = [panel for panel in panel_places.offered(place) if panel.is_for(context["user"])]
    return {"panels": [(panel, reverse(panel.url_name, args=[ref])) for panel in offered], "place": place}


@register.inclusion_tag("ui/choices.html", takes_context=True)
def choices(context: template.Context, place: str, ref: object) -> dict[str, Any]:
    """{% choices "capture" interaction.ref %}: like panels, one open at a time, each opened by its key."""
    return panels(context, place, ref)


@register.inclusion_tag("ui/menu.html", takes_context=True)
def menu(context: template.Context) -> dict[str, Any]:
    """{% menu %}: the entries for this person, the present page marked, in their groups."""
    user, request = context["user"], context["request"]
    mine = [(entry, url) for entry in menus.entries() if entry.is_for(user) and (url := _address(entry.url_name))]
    numbers = menus.counts([entry for entry, _ in mine], user)
    nearest = max((url for _, url in mine if request.path.startswith(url)), key=len, default="")
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry, url in mine:
        current = ("page" if url == request.path else "true") if url == nearest else ""
        number = numbers.get(entry.url_name)
        groups.setdefault(entry.group, []).append({"entry": entry, "url": url, "current": current, "number": number})
    return {"groups": list(groups.values())}


def _address(url_name: str) -> str:
    """Where a menu entry leads; nothing while its page takes arguments or does not exist (a test says so)."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


@register.inclusion_tag("ui/live.html", takes_context=True)
def live(context: template.Context) -> dict[str, Any]:
    """{% live %}: where the strips of what happens by itself appear, on top of every page."""
    place = live_places.place_for(context["user"])
    addresses = {"stream": _address(place.stream), "present": _address(place.present)} if place else {}
    return {"place": place, **addresses}


@register.inclusion_tag("ui/search.html", takes_context=True)
def search_box(context: template.Context) -> dict[str, Any]:
    """{% search_box %}: the one search of the house, where an app offers it (`menu.search`)."""
    name = menus.search_for(context["user"])
    url = _address(name) if name else ""
    return {"url": url, "label": menus.search_label, "q": context["request"].GET.get("q", "")}


@register.inclusion_tag("ui/signed_in.html", takes_context=True)
def signed_in(context: template.Context) -> dict[str, Any]:
    """{% signed_in %}: who is here, at which desk, and the way out."""
    user = context["user"]
    return {
        "user": user, "csrf_token": context["csrf_token"], "note": menus.note(user) if menus.note else "",
        "account": menus.account and _address(menus.account), "leave": menus.leave and _address(menus.leave),
    }  # fmt: skip


@register.simple_tag
def options(groups: Iterable[tuple[str | None, list[dict[str, Any]], int]]) -> SafeString:
    """{% options widget.optgroups %}: the choices of a select. There are a hundred départements: drawn at once."""
    drawn = []
    for name, choices, _ in groups:
        rows = ((one["value"], flatatt(one["attrs"]), one["label"]) for one in choices)
        inside = format_html_join("", '<option value="{}"{}>{}</option>', rows)
        drawn.append(format_html('<optgroup label="{}">{}</optgroup>', name, inside) if name else inside)
    return format_html_join("", "{}", ((group,) for group in drawn))


@register.simple_block_tag
def card(content: SafeString, title: str, aside: object = "", *, id: str = "", level: int = 2) -> SafeString:  # noqa: A002
    """{% card "Besoins" aside="12 ouverts" %}…{% endcard %}: a titled region."""
    facts = {"title": title, "aside": aside, "content": content, "id": id, "level": level}
    return render_to_string("ui/card.html", facts)


@register.simple_block_tag
def notice(content: SafeString, title: str = "", *, tone: str = "going") -> SafeString:
    """{% notice "Il n’en reste que 4" tone="wait" %}…{% endnotice %}: something to know before going on."""
    return render_to_string("ui/notice.html", {"title": title, "tone": tone, "content": content})


@register.simple_block_tag
def empty(content: SafeString, title: str) -> SafeString:
    """{% empty "Aucun besoin ouvert" %}what to do next, with a button{% endempty %}."""
    return render_to_string("ui/empty.html", {"title": title, "content": content})


@register.simple_block_tag
def scroll(content: SafeString, label: str) -> SafeString:
    """{% scroll "Besoins ouverts" %}<table>…</table>{% endscroll %}: a wide table scrolls alone, also by keyboard."""
    return render_to_string("ui/scroll.html", {"label": label, "content": content})


@register.simple_block_tag
def dialog(content: SafeString, id: str, title: str, button: str, kind: str = "", key: str = "") -> SafeString:  # noqa: A002
    """{% dialog "retrait" "Retirer ce besoin" "Retirer…" %}form{% enddialog %}: opens without scripts."""
    facts = {"id": id, "title": title, "button": button, "kind": kind, "key": key, "content": content}
    return render_to_string("ui/dialog.html", facts)
