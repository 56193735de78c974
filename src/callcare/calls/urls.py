from django.urls import path

from callcare.calls.views import trunks

app_name = "calls"
urlpatterns = [
    path("raccordements/", trunks.trunks, name="trunks"),
    path("raccordements/nouveau/", trunks.new, name="trunk-new"),
    path("raccordements/<slug:slug>/", trunks.trunk, name="trunk"),
    path("raccordements/<slug:slug>/secret/", trunks.secret, name="secret"),
    path("raccordements/<slug:slug>/postes/", trunks.extension, name="extension"),
    path("raccordements/<slug:slug>/essai/", trunks.trial, name="trial"),
    path("raccordements/<slug:slug>/arrivees/", trunks.arrivals, name="arrivals"),
    path("raccordements/<slug:slug>/lecture/", trunks.reading, name="reading"),
]
