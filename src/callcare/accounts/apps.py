from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "callcare.accounts"
    verbose_name = "comptes"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from callcare.accounts import sessions
        from callcare.accounts.enums import Role
        from callcare.ui import menu

        user_logged_in.connect(sessions.begin, dispatch_uid="callcare.sessions")

        menu.account, menu.leave = "accounts:account", "account_logout"
        menu.offer(label="Comptes", url_name="accounts:list", order=90, roles=(Role.ADMIN,), group="maison")
