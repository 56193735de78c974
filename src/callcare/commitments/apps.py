from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    name = "callcare.commitments"
