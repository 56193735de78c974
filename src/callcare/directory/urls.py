from django.urls import path

from callcare.directory.views import merges, organisations, people

app_name = "directory"
urlpatterns = [
    path("", organisations.organisation_list, name="list"),
    path("recherche/", organisations.search, name="search"),
    path("nouvelle/", organisations.organisation_new, name="new"),
    path("saisie-rapide/", organisations.quick, name="quick"),
    path("doublons/", merges.duplicates, name="duplicates"),
    path("<str:ref>/", organisations.organisation_page, name="page"),
    path("<str:ref>/modification/", organisations.organisation_edit, name="edit"),
    path("<str:ref>/interlocuteurs/", people.person_new, name="person_new"),
    path("<str:ref>/interlocuteurs/<int:pk>/", people.person_edit, name="person"),
    path("<str:ref>/interlocuteurs/<int:pk>/fusion/", merges.merge_people, name="merge_people"),
    path("<str:ref>/coordonnees/", people.channel_new, name="channel_new"),
    path("<str:ref>/coordonnees/<int:pk>/retrait/", people.channel_retire, name="channel_retire"),
    path("<str:ref>/fusion/<str:other>/", merges.merge, name="merge"),
    path("<str:ref>/separation/", merges.undo, name="undo"),
]
