"""`./callcare mail domain`: is our domain ready to send, in the eyes of those who receive?"""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import dns.exception
import dns.resolver

SECONDS = 5.0
MOST_LOOKUPS = 10  # RFC 7208: beyond, receivers give up
DKIM_BITS = 2048

_LOOKUP = re.compile(r"^[+?~-]?(include:|a\b|mx\b|ptr\b|exists:)|^redirect=", re.IGNORECASE)


class Mark(StrEnum):
    GOOD = "bon"
    WEAK = "à améliorer"
    WRONG = "à corriger"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: how it is, and what to do."""

    what: str
    mark: Mark
    said: str
    todo: str = ""


class NoNetwork(Exception):
    """No name server answers: nothing can be said."""


Ask = Callable[[str, str], list[str]]  # a name and a type; the records as text, none where there is none


def ask(name: str, kind: str) -> list[str]:
    """What the name servers say. Raises NoNetwork when nobody answers."""
    try:
        resolver = dns.resolver.Resolver()
        resolver.lifetime = SECONDS
        records = resolver.resolve(name, kind, raise_on_no_answer=False)
    except dns.resolver.NXDOMAIN:
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise NoNetwork(str(error)) from error
    if kind == "TXT":
        return [b"".join(record.strings).decode("utf-8", "replace") for record in records]
    return [record.to_text() for record in records]


def findings(domain: str, *, selectors: list[str], asked: Ask = ask) -> list[Finding]:
    """All that was looked at, in the order of a letter's journey."""
    if not any(asked(domain, kind) for kind in ("MX", "TXT", "NS", "A", "AAAA")):
        todo = "Vérifiez l’orthographe, et que cette machine voit bien les serveurs de noms d’internet."
        return [Finding("Domaine", Mark.WRONG, "Le serveur de noms ne connaît pas ce domaine.", todo)]
    found = [*_mx(domain, asked), *_spf(domain, asked)]
    for selector in selectors:
        found += _dkim(domain, selector, asked)
    return [*found, *_dmarc(domain, asked)]


def is_wrong(found: list[Finding]) -> bool:
    return any(one.mark == Mark.WRONG for one in found)


def _mx(domain: str, asked: Ask) -> Iterator[Finding]:
    servers = [record.split()[-1].rstrip(".") for record in asked(domain, "MX")]
    if not [one for one in servers if one]:
        todo = f"Publiez un enregistrement MX pour {domain}, vers le serveur qui reçoit vos courriels."
        yield Finding("MX", Mark.WRONG, "Personne ne reçoit les courriels de ce domaine.", todo)
    else:
        yield Finding("MX", Mark.GOOD, f"Les courriels arrivent chez {', '.join(sorted(servers))}.")


def _spf(domain: str, asked: Ask) -> Iterator[Finding]:
    records = [one for one in asked(domain, "TXT") if re.match(r"v=spf1(\s|$)", one, re.IGNORECASE)]
    if not records:
        todo = f"Publiez un TXT sur {domain} : « v=spf1 include:VOTRE-SERVEUR-D’ENVOI -all »."
        yield Finding("SPF", Mark.WRONG, "Rien ne dit qui peut écrire en votre nom.", todo)
        return
    if len(records) > 1:
        todo = "Réunissez-les en un seul : avec plusieurs, les serveurs n’en lisent aucun."
        yield Finding("SPF", Mark.WRONG, f"Il y a {len(records)} enregistrements SPF.", todo)
        return
    words = records[0].split()[1:]
    lookups = sum(bool(_LOOKUP.match(word)) for word in words)
    if lookups > MOST_LOOKUPS:
        todo = f"Retirez des « include » : au-delà de {MOST_LOOKUPS}, l’enregistrement ne compte plus."
        yield Finding("SPF", Mark.WRONG, f"L’enregistrement demande {lookups} recherches.", todo)
        return
    ends = [word.lower() for word in words if word.lower().lstrip("+?~-") == "all"]
    if ends and ends[-1] in ("all", "+all"):
        todo = "Remplacez « +all » par « -all » : il autorise le monde entier."
        yield Finding("SPF", Mark.WRONG, "N’importe qui peut écrire en votre nom.", todo)
    elif ends[-1:] in (["-all"], ["~all"]) or any(word.lower().startswith("redirect=") for word in words):
        yield Finding("SPF", Mark.GOOD, f"« {records[0]} »")
    else:
        todo = "Terminez-le par « -all » : tout autre serveur est alors refusé."
        yield Finding("SPF", Mark.WEAK, f"L’enregistrement ne refuse personne : « {records[0]} ».", todo)


def _tags(record: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in record.split(";")]
    return {name.strip().lower(): value.strip() for name, sign, value in pairs if sign}


def _dkim(domain: str, selector: str, asked: Ask) -> Iterator[Finding]:
    what, name = f"DKIM ({selector})", f"{selector}._domainkey.{domain}"
    records = [tags for one in asked(name, "TXT") if "p" in (tags := _tags(one))]
    if not records:
        todo = f"Publiez la clé de votre serveur d’envoi en TXT sur {name}, ou donnez son sélecteur par --selector."
        yield Finding(what, Mark.WRONG, "Aucune clé : les lettres ne portent pas de signature vérifiable.", todo)
        return
    tags = records[0]
    key = "".join(tags["p"].split())
    if not key:
        yield Finding(
            what, Mark.WRONG, "Cette clé est révoquée.", "Publiez la clé en service, ou changez de sélecteur."
        )
        return
    bits = _bits(key) if tags.get("k", "rsa").lower() == "rsa" else DKIM_BITS
    if not bits:
        yield Finding(
            what, Mark.WRONG, "La clé publiée est illisible.", "Recopiez-la entière, sans guillemets ni coupure."
        )
    elif bits < DKIM_BITS:
        todo = f"Faites une clé de {DKIM_BITS} bits : les plus courtes sont de moins en moins acceptées."
        yield Finding(what, Mark.WEAK, f"La clé n’a que {bits} bits.", todo)
    else:
        yield Finding(what, Mark.GOOD, "La clé est publiée.")


def _bits(key: str) -> int:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415  # the command only
    from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: PLC0415

    try:
        return int(getattr(load_der_public_key(base64.b64decode(key, validate=True)), "key_size", 0))
    except (ValueError, UnsupportedAlgorithm):
        return 0


def _dmarc(domain: str, asked: Ask) -> Iterator[Finding]:
    name = f"_dmarc.{domain}"
    records = [_tags(one) for one in asked(name, "TXT") if re.match(r"v=DMARC1\s*(;|$)", one)]
    if len(records) != 1:
        wrong = "Rien ne dit quoi faire d’une lettre falsifiée." if not records else "Il y a plusieurs règles DMARC."
        todo = f"Publiez un seul TXT sur {name} : « v=DMARC1; p=none; rua=mailto:adresse@{domain} », puis durcissez."
        yield Finding("DMARC", Mark.WRONG, wrong, todo)
        return
    policy = records[0].get("p", "").lower()
    if policy == "reject":
        yield Finding("DMARC", Mark.GOOD, "Une lettre falsifiée est refusée.")
    elif policy in ("quarantine", "none"):
        said = {
            "quarantine": "Une lettre falsifiée va aux indésirables.",
            "none": "Une lettre falsifiée est acceptée.",
        }
        todo = "Quand les rapports sont bons depuis quelques semaines, passez à « p=reject »."
        yield Finding("DMARC", Mark.WEAK, said[policy], todo)
    else:
        yield Finding(
            "DMARC", Mark.WRONG, "La règle ne se lit pas.", "Écrivez « p=none », « p=quarantine » ou « p=reject »."
        )
    if "rua" not in records[0]:
        todo = f"Ajoutez « rua=mailto:adresse@{domain} » : vous saurez qui écrit en votre nom."
        yield Finding("Rapports DMARC", Mark.WEAK, "Personne ne reçoit les rapports.", todo)
