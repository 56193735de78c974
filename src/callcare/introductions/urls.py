from django.urls import path

from callcare.introductions.views import deeds, pages, proposing, public

app_name = "introductions"
urlpatterns = [
    path("", pages.introduction_list, name="list"),
    path("nouvelle/", proposing.propose, name="propose"),
    path("espace/", pages.space, name="space"),
    path("espace/<str:ref>/contact/", deeds.told, name="told"),
    path("besoin/<str:ref>/", pages.of_need, name="of-need"),
    path("engagement/<str:ref>/", pages.of_commitment, name="of-commitment"),
    path("interlocuteur/<int:pk>/", pages.seen_of, name="seen-of"),
    path("reponse/<str:token>/", public.answer, name="answer"),
    path("reponse/<str:token>/transmissions/", public.seen, name="seen"),
    path("<str:ref>/", pages.page, name="page"),
    path("<str:ref>/accord/<str:side>/", deeds.consent, name="consent"),
    path("<str:ref>/retrait/<str:side>/", deeds.withdrawal, name="withdrawal"),
    path("<str:ref>/question/<str:side>/", deeds.question, name="question"),
    path("<str:ref>/envoi/", deeds.sending, name="sending"),
    path("<str:ref>/prise-en-charge/", deeds.contact, name="contact"),
    path("<str:ref>/succes/", deeds.success, name="success"),
    path("<str:ref>/sans-suite/", deeds.no_help, name="no-help"),
    path("<str:ref>/injoignable/", deeds.unreachable, name="unreachable"),
    path("<str:ref>/expiration/", deeds.expiry, name="expiry"),
    path("<str:ref>/annulation/", deeds.cancellation, name="cancellation"),
    path("<str:ref>/refus/", deeds.refusal, name="refusal"),
    path("<str:ref>/reprise/", deeds.reopening, name="reopening"),
]
