from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    name = "callcare.outcomes"
