from django.urls import path

from callcare.allocations import views

app_name = "allocations"
urlpatterns = [
    path("besoin/<str:ref>/", views.of_need, name="of-need"),
    path("besoin/<str:ref>/promesse/", views.promise, name="promise"),
    path("engagement/<str:ref>/", views.of_commitment, name="of-commitment"),
    path("mise-en-relation/<str:ref>/", views.of_introduction, name="of-introduction"),
    path("<str:ref>/", views.page, name="page"),
    path("<str:ref>/confirmation/", views.confirm, name="confirm"),
    path("<str:ref>/remise/", views.deliver, name="deliver"),
    path("<str:ref>/retour/", views.take_back, name="take-back"),
    path("<str:ref>/liberation/", views.release, name="release"),
    path("<str:ref>/defaillance/", views.fail, name="fail"),
    path("<str:ref>/correction/", views.correct, name="correct"),
]
