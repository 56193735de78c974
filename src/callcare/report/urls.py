from django.urls import path

from callcare.report import views

app_name = "report"
urlpatterns = [
    path("", views.review, name="review"),
    path("equite/", views.equity, name="equity"),
    path("equite/fiches/", views.equity_rows, name="equity-rows"),
    path("objectifs/", views.targets, name="targets"),
    path("chiffres/<slug:code>/", views.rows, name="rows"),
]
