from django.apps import AppConfig


class MailboxConfig(AppConfig):
    name = "callcare.mailbox"
    verbose_name = "boîte aux lettres"
