from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "callcare.accounts"
    verbose_name = "comptes"

    def ready(self) -> None:
        from callcare.accounts.enums import Role
        from callcare.ui import menu

        menu.account, menu.leave = "accounts:account", "account_logout"
        menu.offer(label="Comptes", url_name="accounts:list", order=90, roles=(Role.ADMIN,), group="maison")
