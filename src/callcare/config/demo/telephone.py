"""The telephone of the demo: one trunk for Lille, whose secret the launcher's commands may know, and calls that ring.

Events go through the real door of the site that runs: what follows is what a provider would cause.
"""

import http.client
import json
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import CommandError

from callcare.calls.actions import open_trunk, rotate_secret, set_extension
from callcare.calls.enums import Provider
from callcare.calls.models import Trunk
from callcare.config import demo_database
from callcare.core import clock
from callcare.desk.models import Desk
from callcare.directory.enums import ChannelKind
from callcare.directory.models import Channel

SLUG = "demo-lille"
OURS = "0353010000"


def door_file() -> Path:
    path: Path = settings.VAR / "demo-telephone.json"
    return path


def open_line() -> str:
    """The path of the door. A line whose secret nobody remembers gets another."""
    try:
        known = str(json.loads(door_file().read_text())["door"])
    except (OSError, ValueError, KeyError):
        known = ""
    lines = Trunk.objects.filter(slug=SLUG, is_enabled=True)
    if known and lines.exists():
        return known
    told = lines.first()  # by the story, which forgot its secret
    secret = rotate_secret(told, by=None, because="démonstration", at_once=True) if told else _opened()
    door_file().parent.mkdir(parents=True, exist_ok=True)
    door_file().write_text(json.dumps({"door": f"/cti/{SLUG}/{secret}"}))
    door_file().chmod(0o600)
    return f"/cti/{SLUG}/{secret}"


def _opened() -> str:
    """A line for Lille in a demo whose story had none; its secret."""
    desk = Desk.objects.get(slug="lille")
    trunk, secret = open_trunk(by=None, desk=desk, slug=SLUG, name="Ligne de démonstration", provider=Provider.GENERIC)
    for at, operator in enumerate(desk.operators.order_by("pk"), start=1):
        set_extension(trunk, by=None, operator=operator, value=f"10{at}")
    return secret


def number_of_claire() -> str:
    """The number of Claire, who asks for the Atelier du Canal."""
    hers = Channel.objects.filter(kind=ChannelKind.PHONE, person__organisation__name="Atelier du Canal")
    return hers.order_by("pk").values_list("value", flat=True).first() or OURS


def new_call() -> str:
    """An id no call of the demo has."""
    return f"demo-{secrets.token_hex(6)}"


def happens(event: str, call: str, *, caller: str, **more: str) -> None:
    """Post one event at the door. Raises CommandError where the site of the demo does not run."""
    if not demo_database.is_demo():
        raise CommandError("Cette commande ne fait sonner que la démonstration.")
    said = {
        "event": event, "callId": call, "from": caller, "to": OURS, "direction": "in",
        "ts": clock.now().timestamp(), **more,
    }  # fmt: skip
    site = urlsplit(settings.BASE_URL)
    line = http.client.HTTPConnection(site.hostname or "127.0.0.1", site.port or 80, timeout=10)
    try:
        line.request("POST", open_line(), json.dumps(said), {"Content-Type": "application/json"})
        status = line.getresponse().status
    except OSError as error:
        raise CommandError("La démonstration ne tourne pas : ouvrez-la d’abord par ./callcare demo.") from error
    finally:
        line.close()
    if status != http.HTTPStatus.OK:
        raise CommandError(f"La porte du téléphone a répondu {status}.")
