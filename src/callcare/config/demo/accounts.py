"""Who signs in to the demo, with the one passphrase that is printed. Never on a database that is not the demo's."""

import json
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password

from callcare.accounts.actions import invite
from callcare.accounts.enums import AccountVerb, Role
from callcare.accounts.models import User
from callcare.core.deeds import deed

PASSPHRASE = "une ligne, deux accords"  # noqa: S105  # printed on the screen: it opens fictitious data only
SALT = "demonstrationdemonstration"  # the same rows every time
PEOPLE = {
    "marion": ("Marion", Role.OPERATOR, "Guichet de Lille"),
    "nathalie": ("Nathalie", Role.OPERATOR, "Guichet de Lille"),
    "amelie": ("Amélie", Role.OPERATOR, "Guichet d’Amiens"),
    "stephane": ("Stéphane", Role.STEWARD, "le collectif"),
    "ada": ("Ada", Role.ADMIN, "les comptes et les guichets"),
    "claire": ("Claire Delattre", Role.PARTNER, "Atelier du Canal, qui demande"),
    "hugo": ("Hugo Vasseur", Role.PARTNER, "Filature Verlinde, qui donne"),
}


def address(key: str) -> str:
    return f"{key}@call-care.test"


def open_accounts() -> dict[str, User]:
    """Invite everybody of the story. The passphrase is hashed once: seven times would cost seconds."""
    hashed = make_password(PASSPHRASE, salt=SALT)
    users = {}
    for key, (name, role, _) in PEOPLE.items():
        with deed(AccountVerb.INVITED, by=None, because="démonstration"):
            user = invite(email=address(key), name=name, roles=[role], by=None)
            user.password = hashed
            user.save(update_fields=["password"])
        users[key] = user
    return users


def write_accounts() -> Path:
    """Tell the launcher whom it may show."""
    told = [
        {
            "name": name,
            "email": address(key),
            "passphrase": PASSPHRASE,
            "role": role.label if role != Role.PARTNER else "partenaire",
            "desk": where,
        }
        for key, (name, role, where) in PEOPLE.items()
    ]
    path: Path = settings.VAR / "demo-accounts.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
