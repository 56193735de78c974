from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "callcare.calls"
    verbose_name = "téléphonie"
