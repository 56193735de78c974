"""What kind of mail it is: the first test that matches decides. Nothing is hidden: a kind is a group on the page."""

import re
import unicodedata
from dataclasses import dataclass

from callcare.mailbox.rules import identifiers, words
from callcare.mailbox.rules.mime import Headers, Mail, first
from callcare.mailbox.rules.readings import Address, Kind, Ours

_KEYWORD = re.compile(r"[a-z-]+")
_ABSENT = (
    "reponse automatique",
    "reponse auto",
    "absence",
    "automatic reply",
    "out of office",
    "absent",
    "auto-reply",
    "autoreply",
)
_AWAY_DAEMONS = {"mailer-daemon", "postmaster", "mailer_daemon", "maildaemon"}
_NOBODY = re.compile(
    r"(?:no|ne)[._-]?(?:t[._-]?)?(?:reply|pas[._-]?repondre|repondez[._-]?pas)|do[._-]?not[._-]?reply", re.IGNORECASE
)
_NO_ANSWER = {"all", "autoreply", "dr"}


@dataclass(frozen=True)
class Facts:
    """What the tests look at."""

    mail: Mail
    message_id: str
    answers: tuple[str, ...]  # In-Reply-To, then References
    sender: Address
    subject: str

    @property
    def headers(self) -> Headers:
        return self.mail.headers


def kind_of(facts: Facts, ours: Ours) -> tuple[Kind, str]:
    """The kind, and why, for the operator."""
    for kind, test in (
        (Kind.OWN, _own),
        (Kind.BOUNCE, _bounce),
        (Kind.RECEIPT, _receipt),
        (Kind.AUTO_REPLY, _auto_reply),
        (Kind.BULK, _bulk),
        (Kind.SPAM, _spam),
    ):
        if why := test(facts, ours):
            return kind, why
    return Kind.HUMAN, "Rien n’indique un envoi automatique."


def wants_no_reply(headers: Headers, sender: Address) -> bool:
    """Would an acknowledgement go to nobody, or to a machine that asks for none?"""
    said = {
        word.strip().lower() for value in _values(headers, "x-auto-response-suppress") for word in value.split(",")
    }
    if said & _NO_ANSWER or _has_empty_return_path(headers):
        return True
    return bool(_NOBODY.match(sender.address.partition("@")[0]))


def own_by_id(message_id: str, ours: Ours) -> str:
    """Why a mail is a copy of one of ours, by its identifier; "" when it is none."""
    if message_id and ours.is_signed(message_id):
        return "Son identifiant est l’un des nôtres : c’est une copie d’un courriel que nous avons envoyé."
    return ""


def _own(facts: Facts, ours: Ours) -> str:
    if why := own_by_id(facts.message_id, ours):
        return why
    if ours.instance and ours.instance in _values(facts.headers, "x-callcare-instance"):
        return "Il porte la marque de notre installation : c’est une copie d’un courriel que nous avons envoyé."
    return ""


def _bounce(facts: Facts, ours: Ours) -> str:
    if _reports(facts.mail, "delivery-status"):
        return "C’est un rapport de remise d’un serveur de messagerie."
    local = facts.sender.address.partition("@")[0] or facts.sender.name.lower()
    if _has_empty_return_path(facts.headers) and local in _AWAY_DAEMONS:
        return "Un serveur de messagerie l’a écrit, sans adresse de retour."
    if "x-failed-recipients" in facts.headers:
        return "Il nomme des destinataires qui n’ont pas reçu un courriel."
    return ""


def _receipt(facts: Facts, ours: Ours) -> str:
    return "C’est un accusé de lecture." if _reports(facts.mail, "disposition-notification") else ""


def _auto_reply(facts: Facts, ours: Ours) -> str:
    for said in _values(facts.headers, "auto-submitted"):
        keyword = _KEYWORD.match(re.split(r"[(;]", said)[0].strip().lower())
        if keyword and keyword[0] != "no":
            return f"Une machine l’a envoyé (Auto-Submitted : {keyword[0][:40]})."
    for name in ("x-autoreply", "x-autorespond"):
        if name in facts.headers:
            return "Un répondeur l’a envoyé."
    if "yes" in _lower(facts.headers, "x-loop"):
        return "Un répondeur l’a envoyé (X-Loop)."
    if "auto_reply" in _lower(facts.headers, "precedence"):
        return "Un répondeur l’a envoyé (Precedence : auto_reply)."
    if _plain(facts.subject).startswith(_ABSENT) and _answers_us(facts, ours):
        return "Son objet annonce une réponse automatique, et il répond à l’un de nos courriels."
    return ""


def _bulk(facts: Facts, ours: Ours) -> str:
    for name in ("list-id", "list-post", "list-unsubscribe"):
        if name in facts.headers:
            return "Il vient d’une liste de diffusion."
    for name in ("precedence", "x-precedence"):
        if {"bulk", "list", "junk"} & set(_lower(facts.headers, name)):
            return "C’est un envoi en nombre."
    return ""


def _spam(facts: Facts, ours: Ours) -> str:
    if any(said.split(",")[0].split(" ")[0] == "yes" for said in _lower(facts.headers, "x-spam-flag")):
        return "Le filtre de notre messagerie le tient pour indésirable."
    return ""


def _answers_us(facts: Facts, ours: Ours) -> bool:
    """The form is enough here: whoever forges it only makes his own mail an automatic one."""
    return any(identifiers.looks_ours(one, ours.domains) for one in facts.answers)


def _reports(mail: Mail, what: str) -> bool:
    if mail.type != "multipart/report":
        return False
    said = mail.parameters.get("report-type", "").lower().strip()
    return said == what if said else any(leaf.type == f"message/{what}" for leaf in mail.leaves)


def _has_empty_return_path(headers: Headers) -> bool:
    return "return-path" in headers and first(headers, "return-path").replace(" ", "") in {"<>", ""}


def _values(headers: Headers, name: str) -> list[str]:
    return [words.text_of(value[:1000]) for value in headers.get(name, [])[:20]]


def _lower(headers: Headers, name: str) -> list[str]:
    return [value.lower() for value in _values(headers, name)]


def _plain(said: str) -> str:
    apart = unicodedata.normalize("NFD", said[:200].lower())
    return "".join(char for char in apart if not unicodedata.combining(char)).strip()
