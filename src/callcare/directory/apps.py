from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "callcare.directory"

    def ready(self) -> None:
        from callcare.accounts.enums import Role
        from callcare.ui import addresses, menu

        addresses.offer("O", "directory:page")
        menu.offer(
            label="Annuaire",
            url_name="directory:list",
            order=60,
            roles=[Role.OPERATOR, Role.STEWARD],
            group="fiches",
        )
        menu.search = "directory:search"
        menu.search_roles = frozenset({Role.OPERATOR.value})
