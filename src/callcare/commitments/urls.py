from django.urls import path

from callcare.commitments import views

app_name = "commitments"
urlpatterns = [
    path("", views.commitment_list, name="list"),
    path("nouveau/", views.commitment_new, name="new"),
    path("lecture/", views.commitment_read, name="read"),
    path("enregistrement/", views.commitment_record, name="record"),
    path("saisie/<str:ref>/", views.commitment_capture, name="capture"),
    path("contact/<str:ref>/", views.commitments_of_interaction, name="of-interaction"),
    path("organisation/<str:ref>/", views.commitments_of_organisation, name="of-organisation"),
    path("<str:ref>/", views.commitment_page, name="page"),
    path("<str:ref>/modification/", views.commitment_edit, name="edit"),
    path("<str:ref>/lignes/", views.commitment_line_new, name="add_line"),
    path("<str:ref>/lignes/<int:number>/", views.commitment_line, name="line"),
    path("<str:ref>/lignes/<int:number>/reduction/", views.commitment_less, name="less"),
    path("<str:ref>/ouverture/", views.commitment_open, name="open"),
    path("<str:ref>/suspension/", views.commitment_hold, name="hold"),
    path("<str:ref>/cloture/", views.commitment_close, name="close"),
    path("<str:ref>/reouverture/", views.commitment_reopen, name="reopen"),
    path("<str:ref>/confirmation/", views.commitment_confirm, name="confirm"),
    path("<str:ref>/partage/", views.commitment_share, name="share"),
]
