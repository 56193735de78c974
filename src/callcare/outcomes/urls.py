from django.urls import path

from callcare.outcomes import views

app_name = "outcomes"
urlpatterns = [
    path("besoin/<str:ref>/", views.of_need, name="of-need"),
    path("besoin/<str:ref>/saisie/", views.record, name="record"),
    path("besoin/<str:ref>/mots/<int:pk>/", views.words, name="words"),
]
