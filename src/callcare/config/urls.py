"""Every door of the house. Nouns in French, with the reference of the thing."""

from django.urls import include, path

from callcare.accounts.urls import sign_in
from callcare.config import views
from callcare.config.health import health

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", health, name="health"),
    path("style/", include("callcare.ui.urls")),
    path("compte/", include(sign_in)),
    path("compte/", include("callcare.accounts.urls")),
    path("territoires/", include("callcare.territories.urls")),
    path("annuaire/", include("callcare.directory.urls")),
    path("catalogue/", include("callcare.catalogue.urls")),
    path("guichet/", include("callcare.desk.urls")),
    path("guichet/", include("callcare.calls.urls")),
    path("guichet/", include("callcare.mailbox.urls")),
    path("besoins/", include("callcare.needs.urls")),
    path("engagements/", include("callcare.commitments.urls")),
    path("pistes/", include("callcare.matching.urls")),
    path("mises-en-relation/", include("callcare.introductions.urls")),
    path("affectations/", include("callcare.allocations.urls")),
    path("resultats/", include("callcare.outcomes.urls")),
    path("tableurs/", include("callcare.config.imports.urls")),
    path("bilan/", include("callcare.report.urls")),
]
