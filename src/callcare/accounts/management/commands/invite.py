from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.urls import reverse

from callcare.accounts.actions import invite
from callcare.accounts.enums import Role
from callcare.core.deeds import Refused


class Command(BaseCommand):
    help = "Ouvre un compte : la personne entre avec un code envoyé à son adresse."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="courriel")
        parser.add_argument("roles", nargs="+", choices=Role.values, metavar="rôle", help=", ".join(Role.values))
        parser.add_argument("--name", default="", help="le nom affiché ; sans lui, le début de l’adresse")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"]
        try:
            validate_email(email)
            roles = [Role(role) for role in options["roles"]]
            name = options["name"] or email.split("@")[0].replace(".", " ").title()
            user = invite(email=email, name=name, roles=roles, by=None)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        except ValidationError as error:
            raise CommandError(f"« {email} » n’est pas une adresse de courriel.") from error
        door = settings.BASE_URL + reverse("account_login")
        self.stdout.write(f"Compte ouvert pour {user} ({user.roles_said()}). L’entrée : {door}")
