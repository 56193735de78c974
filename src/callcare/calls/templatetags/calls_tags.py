"""How calls are said on a page: {% load calls_tags %}."""

from django import template

from callcare.calls.rules.events import Kind
from callcare.core import french
from callcare.directory.rules import phones

register = template.Library()

SAID = {
    Kind.NEW_CALL: "nouvel appel",
    Kind.RINGING: "sonne",
    Kind.ANSWER: "décroché",
    Kind.VOICEMAIL: "répondeur",
    Kind.MEDIA: "message déposé",
    Kind.LEG_END: "un poste cesse de sonner",
    Kind.HANGUP: "raccroché",
    Kind.SWEEP: "sans nouvelles",
}


@register.filter
def happened(kind: str) -> str:
    """{{ event.kind|happened }}: « nouvel appel »."""
    return SAID.get(Kind(kind), kind)


@register.filter
def veiled(number: str) -> str:
    """{{ event.number_from|veiled }}: « 03 53 01 •• •• », for those who set the telephone and read no case."""
    phone = phones.parse(number)
    if not phone.value:
        return "numéro masqué"
    shown = phones.shown(phone.value)
    return f"{shown[:-5]}•• ••" if len(shown) > 8 else shown


@register.filter
def percent(share: float | None) -> str:
    """{{ row.answer_rate|percent }}: « 92 % », « — » where there is nothing to divide by."""
    return "—" if share is None else f"{french.number(round(100 * share))}{french.FIXED}%"


@register.filter
def seconds(span: float | None) -> str:
    """{{ row.wait_median|seconds }}: « 12 s », « 1 min 05 s », « — » where nothing was measured."""
    if span is None:
        return "—"
    minutes, left = divmod(round(span), 60)
    return f"{minutes}{french.FIXED}min{french.FIXED}{left:02}{french.FIXED}s" if minutes else f"{left}{french.FIXED}s"
