from django.apps import AppConfig


class MailboxConfig(AppConfig):
    name = "callcare.mailbox"
    verbose_name = "boîte aux lettres"

    def ready(self) -> None:
        from callcare.accounts.enums import Role
        from callcare.desk import case_console
        from callcare.mailbox.actions.receiving import CHANNEL
        from callcare.mailbox.waiting import line_of, waiting_mails
        from callcare.ui import addresses, live, menu, panels

        case_console.propose_with(line_of)
        live.offer_news(CHANNEL)
        addresses.offer("L", "mailbox:mail")
        addresses.offer("F", "mailbox:thread")
        panels.offer("mail", "mailbox:of-interaction", title="Courriel", order=10, roles=[Role.OPERATOR])
        menu.offer(
            label="Courriels", url_name="mailbox:mails", order=25, roles=[Role.OPERATOR], group="jour",
            badge=waiting_mails,
        )  # fmt: skip
        menu.offer(
            label="Boîtes aux lettres", url_name="mailbox:boxes", order=93, roles=[Role.ADMIN, Role.OPERATOR],
            group="réglages",
        )  # fmt: skip
