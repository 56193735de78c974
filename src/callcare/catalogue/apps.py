from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "callcare.catalogue"

    def ready(self) -> None:
        from callcare.accounts.enums import Role
        from callcare.ui import menu

        menu.offer(
            label="Catalogue",
            url_name="catalogue:list",
            order=70,
            roles=[Role.OPERATOR, Role.STEWARD, Role.ADMIN],
            group="fiches",
        )
