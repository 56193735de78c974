from django.urls import path

from callcare.mailbox.views import boxes

app_name = "mailbox"
urlpatterns = [
    path("boites/", boxes.boxes, name="boxes"),
    path("boites/nouvelle/", boxes.new, name="box-new"),
    path("boites/<str:address>/", boxes.box, name="box"),
    path("boites/<str:address>/essai/", boxes.trial, name="box-trial"),
]
