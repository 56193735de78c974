"""Connecting a desk to a telephone provider. A secret is shown once, when it is made."""

from collections.abc import Mapping
from datetime import timedelta

from django.db.models.functions import Coalesce

from callcare.accounts.models import User
from callcare.calls.actions.hearing import hear_pending, receive
from callcare.calls.enums import CallVerb, Provider
from callcare.calls.models import CallEvent, Extension, Trunk
from callcare.calls.models.trunks import digest_of, new_secret
from callcare.calls.rules.adapters import Sample
from callcare.calls.rules.events import TEST
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.core.sealed import seal
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
        trunk = Trunk(desk=desk, slug=slug, name=name, provider=provider, secret_digest=digest_of(secret))
        _entrust(trunk, options or {})
        trunk.save()
        return trunk, secret


def set_trunk(
    trunk: Trunk, *, by: User, name: str, is_enabled: bool, options: Mapping[str, str], because: str = ""
) -> None:
    """Change what the adapter needs to know, or close the door. A secret left empty stays as it is."""
    with deed(CallVerb.TRUNK_SET, by=by, because=because):
        _must_set(by)
        if trunk.is_enabled and not is_enabled and not because.strip():
            raise Refused("Dites pourquoi ce raccordement est mis hors service.")
        trunk.name, trunk.is_enabled = name, is_enabled
        _entrust(trunk, options)
        trunk.save(update_fields=["name", "is_enabled", "options", "sealed"])


def _entrust(trunk: Trunk, options: Mapping[str, str]) -> None:
    """Keep each word where it belongs: what is secret is sealed, the rest is plain."""
    secrets = {one.name for one in trunk.adapter.settings if one.is_secret}
    known = {one.name for one in trunk.adapter.settings}
    given = {name: word.strip() for name, word in options.items() if name in known and word.strip()}
    kept = {name: word for name, word in trunk.settings.items() if name in secrets}
    trunk.options = {name: word for name, word in given.items() if name not in secrets}
    trunk.sealed = seal(kept | {name: word for name, word in given.items() if name in secrets})
    trunk.__dict__.pop("settings", None)  # what was opened before is not what is kept now


def rotate_secret(trunk: Trunk, *, by: User | None, because: str = "", at_once: bool = False) -> str:
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


def remove_extension(extension: Extension, *, by: User) -> None:
    """The provider’s name is nobody’s any more."""
    with deed(CallVerb.EXTENSION_SET, by=by, because=f"retiré : {extension.value}"):
        _must_set(by)
        extension.delete()


def try_trunk(trunk: Trunk, *, by: User) -> bool:
    """Receive a test call as this provider would send it, and read it; it opens no contact. False where it failed."""
    _must_set(by)
    now = clock.now()
    ours = next(iter(trunk.desk.numbers), "+33353010000")
    sample = Sample(call_id=f"{TEST}{new_secret()[:8]}", number_from="+33353019999", number_to=ours, at=now)
    request = trunk.adapter.sample(sample, trunk.settings)
    if request is None or not trunk.adapter.is_genuine(request, trunk.settings):
        return False
    receive(trunk, request)
    while hear_pending():
        pass
    return CallEvent.objects.filter(trunk=trunk, call_id__contains=sample.call_id).exists()


def note_listening(trunk: Trunk, trouble: str) -> None:
    """Say that a provider we ask cannot be heard, or that it can again. No deed: it is the state of a line."""
    here = Trunk.objects.filter(pk=trunk.pk)
    if not trouble:
        here.exclude(trouble="").update(trouble="", trouble_at=None)
    elif not here.filter(trouble=trouble[:200]).exists():
        here.update(trouble=trouble[:200], trouble_at=Coalesce("trouble_at", clock.now()))


def _must_set(by: User | None) -> None:
    if by is not None and not by.is_admin:
        raise Refused("Seule une administratrice règle la téléphonie.")
