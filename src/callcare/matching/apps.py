from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "callcare.matching"

    def ready(self) -> None:
        from callcare.accounts.enums import Role
        from callcare.desk import case_console
        from callcare.matching import links
        from callcare.matching.mornings import new_ones
        from callcare.ui import menu, panels

        case_console.relate_with(links.relate)

        operators = [Role.OPERATOR]
        menu.offer(
            label="Pistes du jour",
            url_name="matching:morning",
            order=25,
            roles=operators,
            group="jour",
            badge=new_ones,
        )
        menu.offer(
            label="Besoins sans solution", url_name="matching:unanswered", order=42, roles=operators, group="fiches"
        )
        menu.offer(
            label="Pondérations", url_name="matching:weights", order=86, roles=[Role.STEWARD], group="collectif"
        )
        panels.offer("need", "matching:of-need", title="Qui peut aider", order=10, roles=operators)
        panels.offer("commitment", "matching:of-commitment", title="À qui cela servirait", order=10, roles=operators)
        panels.offer("counterparts", "matching:preview", title="Qui peut aider", order=10, roles=operators)
