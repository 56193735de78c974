from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "callcare.accounts"
    verbose_name = "comptes"
