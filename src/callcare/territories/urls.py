from django.urls import path

from callcare.territories import views

app_name = "territories"
urlpatterns = [
    path("communes/", views.search, name="search"),
    path("communes/<slug:code>/", views.commune, name="commune"),
]
