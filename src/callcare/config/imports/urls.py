from django.urls import path

from callcare.config.imports import views

app_name = "config"
urlpatterns = [
    path("", views.listing, name="tables"),
    path("depot/", views.receive, name="table-receive"),
    path("<str:ref>/", views.table, name="table"),
    path("<str:ref>/ecriture/", views.writing, name="table-writing"),
    path("<str:ref>/abandon/", views.giving_up, name="table-giving-up"),
    path("<str:ref>/lignes-a-corriger/", views.refused, name="table-refused"),
]
