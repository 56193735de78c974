"""The doors of the catalogue."""

from django.urls import path

from callcare.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("", views.listing, name="list"),
    path("categorie/", views.add, name="add"),
    path("<slug:code>/", views.edit, name="edit"),
    path("<slug:code>/retrait/", views.retire, name="retire"),
]
