from django.urls import path

from callcare.matching.views import candidates as views, mornings, weighing

app_name = "matching"
urlpatterns = [
    path("", mornings.morning, name="morning"),
    path("ponderations/", weighing.weights, name="weights"),
    path("ecart/", mornings.aside, name="morning-aside"),
    path("plus-tard/", mornings.later, name="morning-later"),
    path("sans-solution/", views.unanswered, name="unanswered"),
    path("besoins/<str:ref>/cascade/", views.cascade, name="cascade"),
    path("apercu/", views.preview, name="preview"),
    path("besoins/<str:ref>/", views.of_need, name="of-need"),
    path("besoins/<str:ref>/pistes/", views.overview, name="overview"),
    path("besoins/<str:ref>/pourquoi/", views.why, name="why"),
    path("besoins/<str:ref>/ecart/", views.dismiss, name="dismissal"),
    path("besoins/<str:ref>/retour/", views.restore, name="restoring"),
    path("engagements/<str:ref>/", views.of_commitment, name="of-commitment"),
]
