from django.urls import path

from callcare.calls.views import messages, screens, telephone, trunks

app_name = "calls"
urlpatterns = [
    path("flux/", screens.stream, name="stream"),
    path("appels/", screens.present, name="present"),
    path("appels/<str:ref>/prise/", screens.take, name="take"),
    path("messages/contacts/<str:ref>/", messages.of_interaction, name="messages"),
    path("messages/<str:ref>/son/", messages.sound, name="sound"),
    path("messages/<str:ref>/ecoute/", messages.heard, name="heard"),
    path("telephone/chiffres/", telephone.telephone, name="figures"),
    path("telephone/raccordements/", trunks.trunks, name="trunks"),
    path("telephone/raccordements/nouveau/", trunks.new, name="trunk-new"),
    path("telephone/raccordements/<slug:slug>/", trunks.trunk, name="trunk"),
    path("telephone/raccordements/<slug:slug>/secret/", trunks.secret, name="secret"),
    path("telephone/raccordements/<slug:slug>/postes/", trunks.extension, name="extension"),
    path("telephone/raccordements/<slug:slug>/essai/", trunks.trial, name="trial"),
    path("telephone/raccordements/<slug:slug>/arrivees/", trunks.arrivals, name="arrivals"),
    path("telephone/raccordements/<slug:slug>/lecture/", trunks.reading, name="reading"),
]
