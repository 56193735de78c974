from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    name = "callcare.commitments"

    def ready(self) -> None:
        from callcare.accounts.enums import Role
        from callcare.calls import known
        from callcare.commitments.actions import owed_for
        from callcare.commitments.models import Commitment
        from callcare.desk.actions import cases, following
        from callcare.ui import addresses, menu, panels

        known.offer("engagement ouvert,engagements ouverts", known.open_cases(Commitment), order=20)
        addresses.offer("E", "commitments:page")
        following.offer(Commitment, live=cases.LIVE, owed=owed_for, moves=following.nothing_above)
        menu.offer(
            label="Engagements",
            url_name="commitments:list",
            order=41,
            roles=[Role.OPERATOR, Role.PARTNER],
            group="fiches",
        )
        for place, page in (
            ("interaction", "of-interaction"),
            ("organisation", "of-organisation"),
            ("caller", "of-organisation"),
        ):
            panels.offer(place, f"commitments:{page}", title="Engagements", order=11, roles=[Role.OPERATOR])
        panels.offer("capture", "commitments:capture", title="Engagement", order=11, roles=[Role.OPERATOR], key="e")
