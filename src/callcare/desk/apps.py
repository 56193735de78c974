from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "callcare.desk"

    def ready(self) -> None:
        from callcare.accounts.enums import Role
        from callcare.desk.badges import contacts_open, failed_letters, late_reminders, where
        from callcare.ui import menu

        menu.offer(
            label="Guichet",
            url_name="desk:console",
            order=10,
            roles=[Role.OPERATOR],
            group="jour",
            badge=contacts_open,
        )
        menu.offer(
            label="À relancer", url_name="desk:reminders", order=20, roles=[Role.OPERATOR], group="jour",
            badge=late_reminders, tone="late",
        )  # fmt: skip
        menu.offer(label="Contacts", url_name="desk:log", order=30, roles=[Role.OPERATOR], group="jour")
        menu.offer(
            label="Courriers", url_name="desk:letters", order=70, roles=[Role.OPERATOR], group="jour",
            badge=failed_letters, tone="late",
        )  # fmt: skip
        menu.offer(label="Guichets", url_name="desk:desks", order=90, roles=[Role.ADMIN], group="réglages")
        menu.note = where
