from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "callcare.config"

    def ready(self) -> None:
        from callcare.accounts.enums import Role
        from callcare.ui import menu

        menu.offer(
            label="Tableurs", url_name="config:tables", order=75, roles=[Role.OPERATOR, Role.STEWARD], group="jour"
        )
