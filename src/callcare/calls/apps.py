from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "callcare.calls"
    verbose_name = "téléphonie"

    def ready(self) -> None:
        from callcare.accounts.enums import Role
        from callcare.ui import menu

        menu.offer(label="Téléphonie", url_name="calls:trunks", order=92, roles=[Role.ADMIN], group="réglages")
