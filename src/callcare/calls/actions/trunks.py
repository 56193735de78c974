"""Connecting a desk to a telephone provider. A secret is shown once, when it is made."""

from collections.abc import Mapping
from datetime import timedelta

from callcare.accounts.models import User
from callcare.calls.enums import CallVerb, Provider
from callcare.calls.models import Extension, Trunk
from callcare.calls.models.trunks import digest_of, new_secret
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk.models import Desk

BOTH_ACCEPTED = timedelta(
    days=7
)  # how long the secret before still opens, while the provider is being told the new one


def open_trunk(
    *, by: User | None, desk: Desk, slug: str, name: str, provider: Provider, options: Mapping[str, str] | None = None
) -> tuple[Trunk, str]:
    """A new trunk and its secret: the only time anybody sees it."""
    with deed(CallVerb.TRUNK_OPENED, by=by):
        _must_set(by)
        secret = new_secret()
        trunk = Trunk.objects.create(
            desk=desk,
            slug=slug,
            name=name,
            provider=provider,
            options=dict(options or {}),
            secret_digest=digest_of(secret),
        )
        return trunk, secret


def set_trunk(
    trunk: Trunk, *, by: User, name: str, is_enabled: bool, options: Mapping[str, str], because: str = ""
) -> None:
    """Change what the adapter needs to know, or close the door."""
    with deed(CallVerb.TRUNK_SET, by=by, because=because):
        _must_set(by)
        trunk.name, trunk.is_enabled, trunk.options = name, is_enabled, dict(options)
        trunk.save(update_fields=["name", "is_enabled", "options"])


def rotate_secret(trunk: Trunk, *, by: User, because: str = "", at_once: bool = False) -> str:
    """A new secret, shown once. The one before still opens for a week, unless it leaked (`at_once`)."""
    with deed(CallVerb.SECRET_ROTATED, by=by, because=because):
        _must_set(by)
        secret = new_secret()
        until = None if at_once else clock.now() + BOTH_ACCEPTED
        trunk.previous_digest = None if at_once else bytes(trunk.secret_digest)
        trunk.previous_until, trunk.secret_digest = until, digest_of(secret)
        trunk.save(update_fields=["secret_digest", "previous_digest", "previous_until"])
        return secret


def set_extension(trunk: Trunk, *, by: User | None, operator: User, value: str) -> Extension:
    """Say which name the provider has for an operator."""
    with deed(CallVerb.EXTENSION_SET, by=by):
        _must_set(by)
        if not trunk.desk.operators.filter(pk=operator.pk).exists():
            raise Refused(f"{operator} ne tient pas {trunk.desk}.")
        if not value.strip():
            raise Refused("Notez le poste, l’identifiant ou l’adresse que connaît l’opérateur téléphonique.")
        return Extension.objects.create(trunk=trunk, operator=operator, value=value.strip()[:120])


def _must_set(by: User | None) -> None:
    if by is not None and not by.is_admin:
        raise Refused("Seule une administratrice règle la téléphonie.")
