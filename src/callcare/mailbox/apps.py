from django.apps import AppConfig


class MailboxConfig(AppConfig):
    name = "callcare.mailbox"
    verbose_name = "boîte aux lettres"

    def ready(self) -> None:
        from callcare.accounts.enums import Role
        from callcare.ui import menu

        menu.offer(
            label="Boîtes aux lettres", url_name="mailbox:boxes", order=93, roles=[Role.ADMIN, Role.OPERATOR],
            group="réglages",
        )  # fmt: skip
