from django.apps import AppConfig


class ReportConfig(AppConfig):
    name = "callcare.report"

    def ready(self) -> None:
        from callcare.accounts.enums import Role
        from callcare.ui import menu

        readers = [Role.OPERATOR, Role.STEWARD]
        menu.offer(label="Bilan", url_name="report:review", order=80, roles=readers, group="collectif")
        menu.offer(label="Équité", url_name="report:equity", order=81, roles=readers, group="collectif")
        menu.offer(label="Objectifs", url_name="report:targets", order=85, roles=[Role.STEWARD], group="collectif")
