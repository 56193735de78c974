"""{% load directory_tags %}: telephone numbers as people write them."""

from django import template

from callcare.directory.rules import phones

register = template.Library()
register.filter("phone", phones.shown)
