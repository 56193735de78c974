"""Find a commune; read its facts. Communes are public: everybody who is signed in may."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from callcare.accounts.requests import anybody_known, person
from callcare.core.french import counted
from callcare.core.replica import from_replica
from callcare.territories.models import Territory
from callcare.territories.search import search as communes

LONGEST = 80  # no name of a commune is longer


@anybody_known
@require_safe
@vary_on_headers("HX-Request")
@from_replica
def search(request: HttpRequest) -> HttpResponse:
    """`?q=lil`: a page of communes; for htmx the options of a list. `?field=commune` says where the text stands."""
    text = request.GET.get(request.GET.get("field", "q"), "").strip()[:LONGEST]
    if getattr(request, "htmx", False):
        return render(request, "territories/options.html", {"found": communes(text)})
    found = communes(text, limit=30)
    return render(
        request, "territories/search.html", {"q": text, "found": found, "aside": counted(len(found), "commune")}
    )


@anybody_known
@require_safe
def commune(request: HttpRequest, code: str) -> HttpResponse:
    """What is known of a commune, and how well we know where it is."""
    known = Territory.objects.visible_to(person(request)).communes().with_parents()
    this = get_object_or_404(known, code=code)
    postcodes = this.postcodes.order_by("code").values_list("code", flat=True)
    return render(request, "territories/commune.html", {"commune": this, "postcodes": list(postcodes)})
