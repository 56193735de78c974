"""E-mail addresses: one written form, lower case, without the name around it."""

import re

from callcare.directory.rules import Wrong

# Everybody's providers: the same domain there says nothing about the organisation.
EVERYBODYS = frozenset({
    "gmail.com", "hotmail.com", "hotmail.fr", "outlook.com", "outlook.fr", "live.fr", "msn.com", "yahoo.com",
    "yahoo.fr", "icloud.com", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "laposte.net", "bbox.fr", "neuf.fr",
    "numericable.fr", "aol.com", "proton.me", "gmx.fr",
})  # fmt: skip
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"]+@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")


def address(text: str) -> str:
    """The address in « Claire Delattre <Claire@Canal.test> » or « mailto:claire@canal.test »; raises Wrong."""
    packed = text.strip()
    inside = re.search(r"<([^<>]*)>", packed)
    packed = re.sub(r"^mailto:", "", inside.group(1) if inside else packed, flags=re.IGNORECASE).strip().lower()
    if "@" not in packed:
        raise Wrong("Il manque le « @ » de l’adresse.")
    if packed.count("@") > 1:
        raise Wrong("Une adresse n’a qu’un « @ ».")
    if re.search(r"\s", packed):
        raise Wrong("Une adresse ne contient pas d’espace.")
    if "." not in packed.rpartition("@")[2]:
        raise Wrong("Il manque la fin de l’adresse, après le « @ » (par exemple « .fr »).")
    if len(packed) > 254 or ".." in packed or not _ADDRESS.fullmatch(packed):
        raise Wrong("Cette adresse n’est pas écrite correctement.")
    return packed


def domain(value: str) -> str:
    """The organisation's own domain in an address, "" where it is everybody's provider."""
    name = value.rpartition("@")[2]
    return "" if name in EVERYBODYS else name
