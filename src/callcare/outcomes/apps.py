from django.apps import AppConfig


class OutcomesConfig(AppConfig):
    name = "callcare.outcomes"

    def ready(self) -> None:
        from callcare.accounts.enums import Role
        from callcare.ui import panels

        panels.offer("need", "outcomes:of-need", title="Résultats", order=40, roles=[Role.OPERATOR])
