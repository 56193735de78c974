from django.urls import path

from callcare.allocations.views import pages, sharing

app_name = "allocations"
urlpatterns = [
    path("besoin/<str:ref>/", pages.of_need, name="of-need"),
    path("besoin/<str:ref>/promesse/", pages.promise, name="promise"),
    path("engagement/<str:ref>/", pages.of_commitment, name="of-commitment"),
    path("engagement/<str:ref>/repartition/", sharing.share, name="share"),
    path("mise-en-relation/<str:ref>/", pages.of_introduction, name="of-introduction"),
    path("<str:ref>/", pages.page, name="page"),
    path("<str:ref>/confirmation/", pages.confirm, name="confirm"),
    path("<str:ref>/remise/", pages.deliver, name="deliver"),
    path("<str:ref>/retour/", pages.take_back, name="take-back"),
    path("<str:ref>/liberation/", pages.release, name="release"),
    path("<str:ref>/defaillance/", pages.fail, name="fail"),
    path("<str:ref>/correction/", pages.correct, name="correct"),
]
