from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # untyped library
    """Nobody opens an account by herself: the deed `invite` does. And our words for what goes wrong."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "Ce courriel et cette phrase de passe ne vont pas ensemble. "
        "Vérifiez-les, ou demandez un code.",
        "enter_current_password": "Ce n’est pas votre phrase de passe actuelle.",
        "incorrect_code": "Ce n’est pas le code envoyé. Vérifiez-le, ou demandez-en un autre.",
        "too_many_login_attempts": "Trop d’essais. Attendez quelques minutes, ou demandez un code.",
        "rate_limited": "Trop de demandes. Attendez quelques minutes.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:account")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")
