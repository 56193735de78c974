"""What a bounce says: which recipient, which of our letters, and whether it is for good."""

import re

from callcare.mailbox.rules import charsets, correspondents, identifiers, mime, words
from callcare.mailbox.rules.mime import Leaf, Mail
from callcare.mailbox.rules.readings import Failure

MOST_FAILURES = 100
LONGEST_SAID = 500
LONGEST_REPORT = 500_000

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_ANSWERED = re.compile(r"\b([45]\d\d)[ -]")
_ID_LINE = re.compile(rb"^message-id:[ \t]{0,20}(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE)
_NAMED = re.compile(r"^[ \t]{0,20}<?([^\s<>\"(),:;]{1,64}@[^\s<>\"(),:;]{1,190})>?(?:\s?:|\s*$)", re.MULTILINE)


# RFC 3463, by the last two figures, then by the first of them; the one before says only whether it is for good.
_REASONS = {
    "1.1": "cette adresse n’existe pas", "1.2": "ce qui suit le « @ » n’existe pas",
    "1.3": "l’adresse n’est pas écrite correctement", "1.6": "la personne a changé d’adresse",
    "1.10": "ce domaine ne reçoit pas de courriels", "2.1": "cette boîte est fermée", "2.2": "sa boîte est pleine",
    "2.3": "le courrier est trop gros pour sa boîte", "3.4": "le courrier est trop gros",
    "4.1": "son serveur ne répond pas", "4.4": "son serveur est introuvable",
    "4.7": "son serveur n’a pas répondu à temps", "7.1": "son serveur refuse nos courriers",
}  # fmt: skip
_FAMILIES = {
    "1": "l’adresse est refusée", "2": "sa boîte n’accepte pas le courrier", "3": "son serveur n’en veut pas",
    "4": "son serveur est injoignable", "5": "les deux serveurs ne se comprennent pas",
    "6": "son serveur ne sait pas lire ce courrier", "7": "son serveur refuse nos courriers",
}  # fmt: skip
_TOLD = (
    (
        re.compile(
            r"user (unknown|not found)|no such (user|mailbox|recipient)|does not exist|unknown user", re.IGNORECASE
        ),
        "1.1",
    ),
    (re.compile(r"(mail)?box (is )?full|over ?quota|quota exceeded", re.IGNORECASE), "2.2"),
    (re.compile(r"(account|mailbox) (is )?(disabled|inactive|suspended)", re.IGNORECASE), "2.1"),
    (re.compile(r"domain (name )?not found|host (name )?not found|no such domain", re.IGNORECASE), "1.2"),
    (re.compile(r"spam|blocked|blacklist|reputation|policy", re.IGNORECASE), "7.1"),
)


def in_words(status: str, diagnostic: str) -> str:
    """Why a letter came back, as it is said to whoever has to telephone: « cette adresse n’existe pas »."""
    detail = status.partition(".")[2]
    if detail in _REASONS:
        return _REASONS[detail]
    told = next((_REASONS[code] for words, code in _TOLD if words.search(diagnostic)), "")
    return told or _FAMILIES.get(detail.partition(".")[0], "son serveur l’a refusé")


def failures(mail: Mail, text: str) -> tuple[Failure, ...]:
    """What became of each recipient, from the report of the mail, else from its headers and words."""
    letter = _letter(mail)
    for leaf in mail.leaves:
        if leaf.type in {"message/delivery-status", "message/global-delivery-status"}:
            found = _reported(leaf, letter)
            if found:
                return found
    said = words.text_of(", ".join(mail.headers.get("x-failed-recipients", [])))
    named = [one.address for one in correspondents.addresses([said]) if one.address] or _named(text)
    return tuple(_told(address, text, letter) for address in dict.fromkeys(named[:MOST_FAILURES]))


def _reported(leaf: Leaf, letter: str) -> tuple[Failure, ...]:
    """The blocks of a delivery report; the first speaks of the message, each other of one recipient."""
    data = mime.payload(leaf)[:LONGEST_REPORT]
    found: list[Failure] = []
    for block in re.split(rb"(?:\r?\n[ \t]*){2,}", data)[: MOST_FAILURES + 1]:
        fields, _ = mime.head(block + b"\n\n", 0, len(block) + 2)
        recipient = _recipient(fields)
        if not recipient:
            continue
        action = _short(mime.first(fields, "action")).split(" ")[0].lower()
        status = _status(_short(mime.first(fields, "status")))
        diagnostic = re.sub(
            r"^[a-z0-9-]{1,20}\s?;\s?", "", _short(mime.first(fields, "diagnostic-code")), flags=re.IGNORECASE
        )
        found.append(Failure(recipient, action, status, diagnostic, letter))
    return tuple(found)


def _recipient(fields: mime.Headers) -> str:
    for name in ("final-recipient", "original-recipient"):
        said = _short(mime.first(fields, name)).partition(";")
        address = (said[2] or said[0]).strip(" <>").lower()
        if correspondents.is_address(address):
            return address
    return ""


def _letter(mail: Mail) -> str:
    """The Message-ID of the letter that came back: in the copy of it, else as what the bounce answers."""
    for leaf in mail.leaves:
        if leaf.type in {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}:
            headers, _ = mime.head(_from_first_line(mime.payload(leaf)), 0, LONGEST_REPORT)
            if found := correspondents.message_id(headers):
                return found
    for leaf in mail.leaves:
        if leaf.type == "text/plain" and (told := _ID_LINE.search(mime.payload(leaf)[:LONGEST_REPORT])):
            return identifiers.shortened(charsets.one_line(words.plain(told[1].decode("ascii", "surrogateescape"))))
    answered = correspondents.ids(mail.headers.get("in-reply-to", []) + mail.headers.get("references", []))
    return answered[0] if answered else ""


def _from_first_line(data: bytes) -> bytes:
    """The copy of a letter, which some servers put under an empty line."""
    return data[:LONGEST_REPORT].lstrip(b"\r\n \t")


def _named(text: str) -> list[str]:
    """Addresses that stand alone at the begin of a line, as old servers write them."""
    found = [one[1].lower().rstrip(".") for one in _NAMED.finditer(text[:50_000])]
    return [address for address in found if correspondents.is_address(address)]


def _told(address: str, text: str, letter: str) -> Failure:
    """A recipient whose report is written for people: the words after its address, and the code in them."""
    at = text.lower().find(address)
    said = text[at + len(address) :][: 2 * LONGEST_SAID] if at >= 0 else ""
    lines = [line.strip() for line in said.lstrip(">: \n").split("\n\n")[0].splitlines()]
    diagnostic = charsets.one_line(" ".join(line for line in lines if line))[:LONGEST_SAID]
    status = _status(diagnostic) or "5.0.0"
    return Failure(address, "delayed" if status.startswith("4") else "failed", status, diagnostic, letter)


def _status(said: str) -> str:
    """5.1.1 as it is written, or what a plain 550 comes to."""
    if found := _ENHANCED.search(said):
        return f"{found[1]}.{int(found[2])}.{int(found[3])}"
    answered = _ANSWERED.search(said)
    return f"{answered[1][0]}.0.0" if answered else ""


def _short(said: str) -> str:
    return words.text_of(said[:5000])[:LONGEST_SAID]
