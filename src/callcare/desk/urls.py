from django.urls import path

from callcare.desk.views import console, letters, lists, settings

app_name = "desk"
urlpatterns = [
    path("", console.console, name="console"),
    path("contacts/", lists.log, name="log"),
    path("contacts/nouveau/", console.start, name="start"),
    path("contacts/<str:ref>/", console.contact, name="contact"),
    path("contacts/<str:ref>/brouillon/", console.keep, name="keep"),
    path("contacts/<str:ref>/recherche/", console.who, name="who"),
    path("contacts/<str:ref>/interlocuteur/", console.identify, name="identify"),
    path("contacts/<str:ref>/numero/", console.number, name="number"),
    path("contacts/<str:ref>/cloture/", console.finish, name="finish"),
    path("contacts/<str:ref>/reprise/", console.reopen, name="reopen"),
    path("contacts/<str:ref>/rappel/", console.call_back, name="call-back"),
    path("contacts/<str:ref>/orientation/", console.refer, name="refer"),
    path("choix/", settings.choose, name="choose"),
    path("reglages/", settings.desks, name="desks"),
    path("reglages/nouveau/", settings.new, name="desk-new"),
    path("reglages/<slug:slug>/", settings.settings, name="settings"),
    path("reglages/<slug:slug>/horaires/", settings.hours, name="hours"),
    path("reglages/<slug:slug>/fermetures/", settings.closure, name="closure"),
    path("relances/", lists.reminders, name="reminders"),
    path("relances/<str:ref>/prise/", lists.take, name="take"),
    path("relances/<str:ref>/faite/", lists.done, name="done"),
    path("relances/<str:ref>/essai/", lists.tried, name="tried"),
    path("relances/<str:ref>/report/", lists.snooze, name="snooze"),
    path("courriers/", letters.letter_list, name="letters"),
    path("courriers/<str:ref>/", letters.letter, name="letter"),
    path("courriers/<str:ref>/renvoi/", letters.resend, name="resend"),
]
