"""A mail, read: never an exception, whatever comes, and never a long wait. One guard per field."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from callcare.mailbox.rules import (
    attachments,
    bodies,
    bounces,
    charsets,
    classify,
    correspondents,
    mime,
    quotes,
    tnef,
    trusting,
    words,
)  # fmt: skip
from callcare.mailbox.rules.mime import Leaf, Mail
from callcare.mailbox.rules.readings import Address, Kind, Ours, Part, Reading

LARGEST_MAIL = 40_000_000

UNREADABLE = "Ce courriel n’a pas pu être lu : ouvrez l’original."
FIELD = "{what} : illisible, voyez l’original."
NO_SENDER = "Le courriel ne dit pas lisiblement qui l’envoie."
NO_DATE = "Le courriel ne porte pas de date."
ABSURD_DATE = "La date du courriel n’a pas de sens : « {said} »."
MANY_PARTS = "Plus de deux cents parties : les dernières ne sont pas lues."
TOO_DEEP = "Des parties sont imbriquées à l’excès : elles restent une pièce jointe."
TOO_LARGE = "Courriel de plus de 40 Mo : seul son début est lu."
OTHER_NAME = "Le nom affiché de l’expéditeur contient une autre adresse que la sienne."
NO_BODY = "Le courriel ne contient aucun texte."

_ADDRESS_IN_NAME = re.compile(r"[^\s@<>()\"',;]{1,64}@[^\s@<>()\"',;]{1,190}\.[a-zA-Z]{2,20}")

T = TypeVar("T")
D = TypeVar("D")
NO_IDS: tuple[str, ...] = ()
NO_ADDRESSES: tuple[Address, ...] = ()


def read(raw: bytes, ours: Ours) -> Reading:
    """What is understood of these bytes. Never raises."""
    try:
        return understand(raw, ours)
    except Exception as error:  # noqa: BLE001  # whatever it is, the mail becomes a card with its original
        return _nothing(raw, type(error).__name__)


def part_bytes(raw: bytes, number: int) -> bytes:
    """The decoded bytes of an attachment, by its number in the reading; nothing for one that is not there."""
    try:
        around = attachments.holder(number)
        leaf = next((leaf for leaf in mime.taken_apart(raw).leaves if leaf.number == around), None)
        data = mime.payload(leaf) if leaf else b""
        if leaf is None or around == number:
            return data
        inner = attachments.inside(leaf, tnef.opened(data)) if tnef.is_pack(data) else []
        return next((held for one, held in inner if one.number == number), b"")
    except Exception:  # noqa: BLE001  # as above
        return b""


def understand(raw: bytes, ours: Ours) -> Reading:
    """As `read`; raises only what is about the whole mail, as too little memory."""
    guard = _Guard()
    if len(raw) > LARGEST_MAIL:
        raw = raw[:LARGEST_MAIL]
        guard.warnings.append(TOO_LARGE)
    mail = guard.of("Structure", lambda: mime.taken_apart(raw), Mail({}, "text/plain", {}))
    if mail.has_more:
        guard.warnings.append(MANY_PARTS)
    if mail.is_too_deep:
        guard.warnings.append(TOO_DEEP)
    content = _content(mail, guard)
    return _reading(mail, content, ours, guard)


@dataclass
class _Guard:
    """Keeps one unreadable field from hiding the others."""

    warnings: list[str] = field(default_factory=list)

    def of(self, what: str, do: Callable[[], T], otherwise: D) -> T | D:
        try:
            return do()
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  # mails are written by anybody: the field is said to be unreadable
            self.warnings.append(FIELD.format(what=what))
            return otherwise


@dataclass
class _Content:
    body: bodies.Body
    parts: list[Part]
    digest: str
    packs: list[tuple[Leaf, tnef.Pack]] = field(default_factory=list)


def _content(mail: Mail, guard: _Guard) -> _Content:
    """Each leaf is decoded once: for the digest, and for the text or the attachments."""
    digest = hashlib.sha256()
    content = _Content(bodies.Body(), [], "")
    named: list[tuple[Leaf, bytes]] = []
    for leaf in mail.leaves:
        data = guard.of(f"Partie {leaf.number}", partial(_data, leaf), b"")
        digest.update(leaf.body if data is None else data)
        _place(leaf, data, content, guard)
        if data is not None and bodies.may_be_body(leaf) and not named:
            named.append((leaf, data))
    if not content.body.parts and named:  # some programs name the only text there is
        guard.of("Texte", lambda: content.body.take(*named[0]), None)
    if not any(said.strip() for _, said in content.body.parts):
        _words_of_packs(content, guard)
    content.digest = digest.hexdigest()
    return content


def _data(leaf: Leaf) -> bytes | None:
    return None if mime.size(leaf) > attachments.LARGEST else mime.payload(leaf)


def _place(leaf: Leaf, data: bytes | None, content: _Content, guard: _Guard) -> None:
    what = f"Partie {leaf.number}"
    if data is not None and bodies.is_body(leaf):
        guard.of(what, lambda: content.body.take(leaf, data), None)
        return
    _attach(leaf, data, content, guard)
    if data and tnef.is_pack(data):
        pack = guard.of(what, lambda: tnef.opened(data), tnef.Pack())
        for inner, held in attachments.inside(leaf, pack):
            _attach(inner, held if len(held) <= attachments.LARGEST else None, content, guard)
        content.packs.append((leaf, pack))


def _attach(leaf: Leaf, data: bytes | None, content: _Content, guard: _Guard) -> None:
    what = f"Partie {leaf.number}"
    unknown = Part(leaf.number, attachments.NO_NAME, leaf.type, "", len(leaf.body), False, "", FIELD.format(what=what))  # noqa: FBT003
    content.parts.append(guard.of(what, lambda: attachments.part(leaf, data), unknown))


def _words_of_packs(content: _Content, guard: _Guard) -> None:
    """A mail whose only words are in its winmail.dat."""
    for leaf, pack in content.packs:
        ways = [("text/plain", pack.text.encode("utf-8", "replace")), ("text/html", pack.html)]
        for kind, said in ways:
            if said.strip():
                utf8 = {"charset": "utf-8"} if kind == "text/plain" else {}
                inner = replace(leaf, type=kind, parameters=utf8, encoding="")
                guard.of(f"Partie {leaf.number}", partial(content.body.take, inner, said), None)
                break


def _reading(mail: Mail, content: _Content, ours: Ours, guard: _Guard) -> Reading:
    headers = mail.headers
    subject = guard.of("Objet", lambda: words.text_of(mime.first(headers, "subject"))[:2000], "")
    sender = guard.of("Expéditeur", lambda: correspondents.sender(headers), Address("", ""))
    message_id = guard.of("Identifiant", lambda: correspondents.message_id(headers), "")
    in_reply_to = guard.of("In-Reply-To", lambda: correspondents.ids(headers.get("in-reply-to", [])), ())
    references = guard.of("References", lambda: correspondents.ids(headers.get("references", [])), ())
    text, hints = guard.of("Texte", content.body.text, ("", ()))
    facts = classify.Facts(mail, message_id, (*in_reply_to, *references), sender, subject)
    kind, why = guard.of(
        "Nature", lambda: classify.kind_of(facts, ours), (Kind.HUMAN, "La nature n’a pas pu être lue.")
    )
    sent_at = guard.of("Date", lambda: correspondents.sent_at(headers), None)
    html = guard.of("Mise en page", content.body.html, "")
    return Reading(
        kind=kind,
        why=why,
        message_id=message_id,
        in_reply_to=in_reply_to,
        references=references,
        tokens=guard.of("Jetons", lambda: correspondents.tokens(headers, ours), ()),
        tags=guard.of("Étiquettes", lambda: correspondents.tags(subject), ()),
        from_=sender,
        reply_to=guard.of("Reply-To", lambda: correspondents.reply_to(headers), None),
        to=guard.of("À", lambda: correspondents.addresses(headers.get("to", [])), ()),
        cc=guard.of("Copie", lambda: correspondents.addresses(headers.get("cc", [])), ()),
        subject=subject,
        sent_at=sent_at,
        text=text,
        html=html,
        folds=guard.of("Citations", lambda: quotes.folds(text, subject=subject, hints=hints), ()),
        parts=tuple(content.parts),
        body_digest=content.digest,
        failures=guard.of("Rapport", lambda: bounces.failures(mail, text), ()) if kind == Kind.BOUNCE else (),
        wants_no_reply=guard.of("Réponse", lambda: classify.wants_no_reply(headers, sender), False),  # noqa: FBT003
        is_authenticated=guard.of(
            "Authentification", lambda: trusting.is_authenticated(headers, ours, sender.address), None
        ),
        charset=content.body.charset,
        warnings=tuple(
            dict.fromkeys([*guard.warnings, *content.body.warnings, *_remarks(mail, sender, sent_at, text)])
        ),
    )


def _remarks(mail: Mail, sender: Address, sent_at: object, text: str) -> list[str]:
    """What an operator should know before she believes the mail."""
    remarks: list[str] = []
    if not sender.address:
        remarks.append(NO_SENDER)
    named = _ADDRESS_IN_NAME.search(sender.name)
    if named and named[0].lower() != sender.address:
        remarks.append(OTHER_NAME)
    if sent_at is None:
        said = charsets.one_line(words.plain(mime.first(mail.headers, "date")[:80]))
        remarks.append(ABSURD_DATE.format(said=said) if said else NO_DATE)
    if not text.strip():
        remarks.append(NO_BODY)
    return remarks


def _nothing(raw: bytes, why: str) -> Reading:
    """A mail that could not be understood at all is one of a person's, until an operator says otherwise."""
    return Reading(
        kind=Kind.HUMAN, why=f"La lecture a échoué ({why}).", message_id="", in_reply_to=(), references=(), tokens=(),
        tags=(), from_=Address("", ""), reply_to=None, to=(), cc=(), subject="", sent_at=None, text="", html="",
        folds=(), parts=(), body_digest=hashlib.sha256(raw).hexdigest(), failures=(), wants_no_reply=True,
        is_authenticated=None, charset="", warnings=(UNREADABLE,),
    )  # fmt: skip
