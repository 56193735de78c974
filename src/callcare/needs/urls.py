from django.urls import path

from callcare.needs import views

app_name = "needs"
urlpatterns = [
    path("", views.need_list, name="list"),
    path("nouveau/", views.need_new, name="new"),
    path("lecture/", views.need_read, name="read"),
    path("enregistrement/", views.need_record, name="record"),
    path("saisie/<str:ref>/", views.need_capture, name="capture"),
    path("contact/<str:ref>/", views.needs_of_interaction, name="of-interaction"),
    path("organisation/<str:ref>/", views.needs_of_organisation, name="of-organisation"),
    path("<str:ref>/", views.need_page, name="page"),
    path("<str:ref>/modification/", views.need_edit, name="edit"),
    path("<str:ref>/lignes/", views.need_line_new, name="add_line"),
    path("<str:ref>/lignes/<int:number>/", views.need_line, name="line"),
    path("<str:ref>/lignes/<int:number>/reduction/", views.need_less, name="less"),
    path("<str:ref>/ouverture/", views.need_open, name="open"),
    path("<str:ref>/suspension/", views.need_hold, name="hold"),
    path("<str:ref>/cloture/", views.need_close, name="close"),
    path("<str:ref>/reouverture/", views.need_reopen, name="reopen"),
    path("<str:ref>/reiteration/", views.need_repeat, name="repeat"),
    path("<str:ref>/doublon/", views.need_duplicate, name="duplicate"),
]
