"""The doors of the accounts: signing in keeps the names its library asks for, the rest is ours."""

from django.urls import path

from callcare.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.account, name="account"),
    path("connexions/", views.sessions, name="sessions"),
    path("connexions/fermeture/", views.session_closure, name="session-closure"),
    path("tous/", views.accounts, name="list"),
    path("invitation/", views.invitation, name="invitation"),
    path("tous/<str:ref>/", views.page, name="page"),
    path("tous/<str:ref>/roles/", views.roles, name="roles"),
    path("tous/<str:ref>/fermeture/", views.closure, name="closure"),
    path("tous/<str:ref>/reouverture/", views.reopening, name="reopening"),
]

sign_in = [
    path("entree/", views.login, name="account_login"),
    path("entree/code/", views.request_code, name="account_request_login_code"),
    path("entree/code/confirmation/", views.confirm_code, name="account_confirm_login_code"),
    path("sortie/", views.logout, name="account_logout"),
    path("ferme/", views.inactive, name="account_inactive"),
    path("phrase/", views.change_passphrase, name="account_change_password"),
    path("phrase/choix/", views.choose_passphrase, name="account_set_password"),
]
