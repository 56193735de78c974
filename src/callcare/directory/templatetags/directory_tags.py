"""How the directory is spelled on a page: {% load directory_tags %}."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from callcare.directory.enums import ChannelKind
from callcare.directory.models import Channel
from callcare.directory.rules import identifiers, phones

register = template.Library()


@register.filter
def phone(value: str) -> str:
    """{{ "+33353011201"|phone }}: « 03 53 01 12 01 ». What is no number (a masked caller) comes back as it is."""
    return phones.shown(value) if value else ""


@register.filter
def identifier(value: str) -> str:
    """{{ organisation.siret|identifier }}: « 732 829 320 00074 »."""
    return identifiers.spaced(value) if value else ""


@register.filter
def reach(channel: Channel) -> SafeString:
    """{{ channel|reach }}: a link that dials or writes."""
    if channel.kind == ChannelKind.EMAIL:
        return format_html('<a href="mailto:{}">{}</a>', channel.value, channel.value)
    extension = phones.parse(channel.raw).extension
    shown = phones.shown(channel.value)
    link = format_html('<a class="nowrap" href="tel:{}">{}</a>', channel.value, shown)
    return format_html("{} poste {}", link, extension) if extension else link
