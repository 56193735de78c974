from django.apps import AppConfig


class NeedsConfig(AppConfig):
    name = "callcare.needs"

    def ready(self) -> None:
        from callcare.accounts.enums import Role
        from callcare.calls import known
        from callcare.desk.actions import cases, following
        from callcare.needs.actions import owed_for
        from callcare.needs.models import Need
        from callcare.ui import addresses, menu, panels

        known.offer("besoin ouvert,besoins ouverts", known.open_cases(Need), order=10)
        addresses.offer("B", "needs:page")
        following.offer(Need, live=cases.LIVE, owed=owed_for, moves=following.nothing_above)
        menu.offer(
            label="Besoins", url_name="needs:list", order=40, roles=[Role.OPERATOR, Role.PARTNER], group="fiches"
        )
        for place, page in (
            ("interaction", "of-interaction"),
            ("organisation", "of-organisation"),
            ("caller", "of-organisation"),
        ):
            panels.offer(place, f"needs:{page}", title="Besoins", order=10, roles=[Role.OPERATOR])
        panels.offer("capture", "needs:capture", title="Besoin", order=10, roles=[Role.OPERATOR], key="b")
