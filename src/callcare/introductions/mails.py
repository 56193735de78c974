"""The letters of an introduction. Built here for the preview and for the deed alike: what is shown is what leaves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string

from callcare.accounts.models import User
from callcare.commitments.models import Commitment, CommitmentLine
from callcare.core import clock, french
from callcare.desk.models import Desk
from callcare.desk.rules import privacy
from callcare.directory.enums import Certainty, ChannelKind, ChannelUse
from callcare.directory.models import Channel, Organisation, Person
from callcare.directory.rules import phones
from callcare.introductions.enums import Side
from callcare.introductions.models import Introduction
from callcare.introductions.rules import words
from callcare.needs.models import Need, NeedLine

Details = frozenset[str]  # among « name », « phone », « email »
NOTHING: Details = frozenset()
PREFERENCE = (ChannelUse.DIRECT, ChannelUse.SHARED, ChannelUse.SWITCHBOARD)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to be queued; `channels` are the details of the other side that stand in it."""

    to: str
    to_name: str
    reply_to: str
    subject: str
    body: str
    channels: tuple[str, ...] = ()


def other(side: str) -> Side:
    return Side.GIVER if side == Side.ASKER else Side.ASKER


def introduced(
    introduction: Introduction,
    side: str,
    *,
    allowed: Mapping[Side, Details],
    news_on: datetime | None,
    by: User | None,
) -> Letter:
    """What `side` receives: the details the other side allowed (`allowed[other side]`), and no more.

    Also for an introduction that is not saved yet: the preview shows the very words that will leave.
    """
    them = other(side)
    shown, mine = allowed.get(them, NOTHING), allowed.get(Side(side), NOTHING) & held(introduction, side)
    person = person_of(introduction, them)
    channels, lines = _shown(person, organisation_of(introduction, them), shown)
    facts = _facts(introduction, side, by=by) | {
        "next_step": _next_step(shown, mine),
        "given": _given(mine),
        "news_on": f"le {_day(news_on)}" if news_on else "",
    }
    facts["theirs"] |= {"lines": lines}
    reply_to = next((one.removeprefix("email:") for one in channels if one.startswith("email:")), "")
    return _letter("introduced", introduction, side, facts, reply_to=reply_to, channels=channels)


def asked(introduction: Introduction, side: str, *, link: str, until: datetime, by: User | None) -> Letter:
    """The question by link: category, quantity, commune, kind of organisation and public text of the other side."""
    facts = _facts(introduction, side, by=by) | {"link": link, "until": _day(until)}
    return _letter("asked", introduction, side, facts)


@dataclass(frozen=True, slots=True)
class Nudge:
    """One thing a letter of follow-up asks of one side; `link` where she may answer by herself."""

    introduction: Introduction
    side: Side
    step: str
    link: str = ""
    until: datetime | None = None


def nudged(nudges: Sequence[Nudge]) -> Letter:
    """One letter with everything we wait for from one address. It holds nobody's details: they were sent, or wait."""
    first = nudges[0]
    said = [_asked_again(one) for one in nudges]
    several = f"Vos nouvelles, s’il vous plaît : {len(nudges)} mises en relation"
    ref = first.introduction.ref if len(nudges) == 1 else ""
    facts = {
        "subject": said[0][0] if len(nudges) == 1 else several,
        "greeting": _greeting(person_of(first.introduction, first.side)),
        "items": [
            {"said": text, "link": one.link, "until": _day(one.until) if one.until else ""}
            for one, (_, text) in zip(nudges, said, strict=True)
        ],
        "signature": _signature(first.introduction.desk, None, ref),
    }
    return _letter("nudged", first.introduction, first.side, facts)


def _asked_again(nudge: Nudge) -> tuple[str, str]:
    """The subject and the sentences of one thing we wait for."""
    introduction = nudge.introduction
    mine = side_facts(introduction, nudge.side)
    theirs = side_facts(introduction, other(nudge.side))
    what = mine["said"] or theirs["said"]
    if nudge.link:
        offered = f"{theirs['a_body']}{theirs['where']}"
        does = f"cherche {theirs['said']}" if nudge.side == Side.GIVER else "peut vous répondre"
        asked_on = _day(introduction.proposed_at)
        return (
            f"Votre réponse, s’il vous plaît : {theirs['said'] or what}",
            (
                f"Nous vous avons écrit le {asked_on} : {offered} {does}. Souhaitez-vous être mis en relation ? "
                "Un oui ou un non nous aide à répondre vite ; rien n’est transmis avant votre accord."
            ),
        )
    whom = organisation_of(introduction, other(nudge.side)).name
    met_on = _day(introduction.sent_at or introduction.proposed_at)
    met = f"Le {met_on}, nous vous avons mis en relation avec {whom} pour {what} ({introduction.ref})."
    if nudge.step == "second_nudge":
        asks = "Avez-vous pu vous parler ? Si ce n’est plus possible de votre côté, dites-le-nous sans gêne."
        return f"Avez-vous pu parler avec {whom} ?", f"{met} {asks}"
    return f"Où en êtes-vous avec {whom} ?", f"{met} Où en êtes-vous ?"


def person_of(introduction: Introduction, side: str) -> Person | None:
    return introduction.asker_person if side == Side.ASKER else introduction.giver_person


def organisation_of(introduction: Introduction, side: str) -> Organisation:
    return introduction.need.organisation if side == Side.ASKER else introduction.giver


def address_of(introduction: Introduction, side: str) -> str:
    """Where this side's letters go: the person's own e-mail, else her organisation's; "" when there is none."""
    person = person_of(introduction, side)
    channel = channel_of(person, organisation_of(introduction, side), ChannelKind.EMAIL)
    return channel.value if channel else ""


def channel_of(person: Person | None, organisation: Organisation, kind: ChannelKind) -> Channel | None:
    """The best number or address: hers before her organisation's, direct before shared, never a former one."""
    for owner in (person, organisation):
        good = [
            channel
            for channel in _channels(owner)
            if channel.kind == kind
            and channel.use in PREFERENCE
            and channel.certainty == Certainty.KNOWN
            and channel.undeliverable_at is None
        ]
        if good:
            return min(good, key=lambda channel: (PREFERENCE.index(ChannelUse(channel.use)), channel.pk))
    return None


def _channels(owner: Person | Organisation | None) -> Iterable[Channel]:
    """Read once for each person: a letter asks for them several times."""
    if owner is None:
        return ()
    if "channels" not in getattr(owner, "_prefetched_objects_cache", {}):
        prefetch_related_objects([owner], "channels")
    return owner.channels.all()


def read_channels(introduction: Introduction) -> None:
    """Both persons' numbers and addresses in one query: for pages that show both sides."""
    people = [who for who in (introduction.asker_person, introduction.giver_person) if who]
    prefetch_related_objects(people, "channels")


def held(introduction: Introduction, side: str) -> Details:
    """What this side has that could be passed on at all: a name, a telephone, an e-mail."""
    person, organisation = person_of(introduction, side), organisation_of(introduction, side)
    known = {str(kind) for kind in ChannelKind if channel_of(person, organisation, kind)}
    return frozenset(known | ({"name"} if person else set()))


def can_be_reached(introduction: Introduction, side: str, allowed: Details) -> bool:
    """Do these allowed details hold a number or an address of this side?"""
    person, organisation = person_of(introduction, side), organisation_of(introduction, side)
    return any(kind in allowed and channel_of(person, organisation, kind) for kind in ChannelKind)


def said_line(line: NeedLine | CommitmentLine) -> str:
    """A line in words: what is still to be found of a need, what is still free of a commitment."""
    if isinstance(line, NeedLine):
        whole, left = line.qty_requested, line.qty_requested - line.qty_cancelled - line.qty_reserved
    else:
        whole, left = line.qty_offered, line.qty_offered - line.qty_withdrawn - line.qty_reserved
    return words.said(
        words.Thing(
            quantity=left or whole,
            factor=line.factor,
            measure=line.measure,
            unit=line.unit.label,
            units=line.unit.plural,
            category=line.category.label,
            every=line.get_every_display() if line.every else "",
            is_loan=line.mode == "loan",
            is_countable=isinstance(line, NeedLine) or line.is_countable,
        )
    )


def _said_case(case: Need | Commitment | None, line: NeedLine | CommitmentLine | None) -> str:
    if line is not None:
        return said_line(line)
    if case is None:
        return ""
    lines = case.lines.select_related("unit", "category").order_by("pk")
    # A case that is not counted yet: its title may be the very line the operator typed, which stays at the desk.
    return french.listed(said_line(one) for one in lines) or "une aide à préciser"


def side_facts(introduction: Introduction, side: str) -> dict[str, Any]:
    """What may be shown of a side before any consent: thing, commune, kind of organisation, public text."""
    is_asker = side == Side.ASKER
    case = introduction.need if is_asker else introduction.commitment
    line = introduction.need_line if is_asker else introduction.commitment_line
    organisation = organisation_of(introduction, side)
    place = (case.commune if case else None) or organisation.commune
    kind = organisation.get_kind_display()
    return {
        "case": "besoin" if is_asker else "engagement",
        "ref": case.ref if case else "",
        "said": _said_case(case, line),
        "words": _in_their_words(case, line),
        "where": f" {words.at(place.name)}" if place else "",
        "kind": kind,
        "a_body": f"{_article(kind)} {kind}" if organisation.kind != "other" else "une organisation",
        "public_text": case.public_text.strip() if case else "",
    }


def _in_their_words(case: Need | Commitment | None, line: NeedLine | CommitmentLine | None) -> str:
    """« (« 3 machines à laver ») »: what was said on the telephone, where the category says less than that.

    Nothing that could name somebody who is helped: such words stay at the desk.
    """
    if case is None or line is None or not case.typed.strip() or words.is_named(line.category.label, case.typed):
        return ""
    return "" if privacy.found_in(case.typed) else f" («{french.FIXED}{case.typed.strip()}{french.FIXED}»)"


def _article(kind: str) -> str:
    masculine = ("établissement", "organisme", "service", "réseau")
    return "un" if kind.startswith(masculine) else "une"


def _facts(introduction: Introduction, side: str, *, by: User | None) -> dict[str, Any]:
    them = other(side)
    theirs = side_facts(introduction, them) | {"organisation": organisation_of(introduction, them).name}
    return {
        "side": str(side),
        "greeting": _greeting(person_of(introduction, side)),
        "mine": side_facts(introduction, side),
        "theirs": theirs,
        "signature": _signature(introduction.desk, by, introduction.ref),
    }


def _shown(person: Person | None, organisation: Organisation, allowed: Details) -> tuple[tuple[str, ...], list[str]]:
    channels: list[str] = []
    lines: list[str] = []
    if person and "name" in allowed:
        channels.append("name")
        lines.append(f"{person}, {person.role}" if person.role else str(person))
    lines.append(organisation.name)
    for kind, label in ((ChannelKind.PHONE, "Téléphone"), (ChannelKind.EMAIL, "Courriel")):
        channel = channel_of(person, organisation, kind) if kind in allowed else None
        if channel:
            channels.append(f"{kind}:{channel.value}")
            value = phones.shown(channel.value) if kind == ChannelKind.PHONE else channel.value
            lines.append(f"{label} : {value}")
    return tuple(channels), lines


def contact_lines(person: Person | None, organisation: Organisation) -> list[tuple[str, str]]:
    """The number and the address the desk would use: (kind, value), the number as it is dialled."""
    found = [channel_of(person, organisation, kind) for kind in ChannelKind]
    return [(channel.kind, channel.value) for channel in found if channel]


def _next_step(shown: Details, mine: Details) -> str:
    if not shown & {"phone", "email"}:
        return "La suite : cette personne prend contact avec vous."
    if {"phone", "email"} <= shown:
        return "La suite : appelez-la, ou répondez à ce courriel : votre message lui parviendra directement."
    if "email" in shown:
        return "La suite : répondez à ce courriel, votre message lui parviendra directement."
    return "La suite : appelez-la. Votre réponse à ce courriel arriverait au guichet."


def _given(mine: Details) -> str:
    names = {"name": "votre nom", "phone": "votre téléphone", "email": "votre courriel"}
    if not mine:
        return "Rien de vos coordonnées ne lui est transmis."
    given = french.listed(word for detail, word in names.items() if detail in mine)
    return f"Avec votre accord, {given} lui {'sont' if len(mine) > 1 else 'est'} transmis dans une lettre semblable."


def _greeting(person: Person | None) -> str:
    return f"Bonjour {person}," if person and person.first_name else "Madame, Monsieur,"


def _signature(desk: Desk, by: User | None, ref: str) -> str:
    reach = f"Une question ? Le guichet vous répond au {phones.shown(desk.numbers[0])}." if desk.numbers else ""
    who = f"{by.display_name}, {desk.name}" if by else desk.name
    return "\n".join(line for line in (reach, "", who, f"Mise en relation {ref}" if ref else "") if line or reach)


def _day(when: datetime) -> str:
    return french.day(when.astimezone(clock.PARIS).date(), today=clock.today())


def _letter(name: str, introduction: Introduction, side: str, facts: dict[str, Any], **more: Any) -> Letter:
    text = render_to_string(f"introductions/mail/{name}.txt", facts)
    subject, _, body = text.partition("\n")
    person = person_of(introduction, side)
    return Letter(
        to=address_of(introduction, side),
        to_name=str(person or organisation_of(introduction, side)),
        subject=subject.strip(),
        body=body.strip() + "\n",
        **{"reply_to": "", "channels": ()} | more,
    )
