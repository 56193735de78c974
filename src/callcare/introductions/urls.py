from django.urls import path

from callcare.introductions import views

app_name = "introductions"
urlpatterns = [
    path("reponse/<str:token>/", views.answer, name="answer"),
]
