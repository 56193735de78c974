from django.urls import path

from callcare.calls.views import screens

app_name = "calls"
urlpatterns = [
    path("flux/", screens.stream, name="stream"),
    path("appels/", screens.present, name="present"),
    path("appels/<str:ref>/prise/", screens.take, name="take"),
]
