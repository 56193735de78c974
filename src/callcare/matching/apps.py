from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "callcare.matching"

    def ready(self) -> None:
        from callcare.accounts.enums import Role
        from callcare.ui import panels

        operators = [Role.OPERATOR]
        panels.offer("need", "matching:of-need", title="Qui peut aider", order=10, roles=operators)
        panels.offer("commitment", "matching:of-commitment", title="À qui cela servirait", order=10, roles=operators)
