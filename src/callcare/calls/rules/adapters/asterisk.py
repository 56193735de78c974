"""Asterisk's manager interface (AMI, Asterisk 12 or newer): our worker reads its packets, each is kept as one request.

A packet is lines « Name: value ». The caller's `Uniqueid` names the call; `Linkedid` groups what belongs together.
Asterisk gives no time unless `timestampevents` is on: then `Timestamp`.
"""

from collections.abc import Mapping

from callcare.calls.rules.adapters.adapter import Adapter, Options, Sample, Setting, signed
from callcare.calls.rules.events import Cause, Event, Kind
from callcare.calls.rules.requests import Request, Unreadable, instant_of, text_of

WANTED = frozenset({"QueueCallerJoin", "DialBegin", "AgentConnect", "AgentComplete", "QueueCallerAbandon", "Hangup"})


def packet_of(text: str) -> dict[str, str]:
    """The fields of a packet; the first of a repeated one."""
    fields: dict[str, str] = {}
    for line in text.splitlines()[:200]:
        name, found, value = line.partition(":")
        if found:
            fields.setdefault(name.strip(), text_of(value.strip()))
    return fields


def read(request: Request, options: Options) -> list[Event]:
    """The event of one packet. `Hangup` only counts for the caller's own channel."""
    said = packet_of(request.body.decode("utf-8", "replace"))
    name = said.get("Event", "")
    if name not in WANTED:
        if not said:
            raise Unreadable("Le paquet AMI est vide.")
        return []
    if not said.get("Uniqueid"):
        raise Unreadable("Le paquet AMI ne dit pas de quel appel il s’agit (Uniqueid).")
    return _event(name, said)


def _event(name: str, said: Mapping[str, str]) -> list[Event]:
    linked, unique = said.get("Linkedid", ""), said["Uniqueid"]
    if name == "Hangup" and linked and linked != unique:
        return []  # a telephone that was called, not the caller
    kind, cause = {
        "QueueCallerJoin": (Kind.NEW_CALL, ""),
        "DialBegin": (Kind.RINGING, ""),
        "AgentConnect": (Kind.ANSWER, ""),
        "AgentComplete": (Kind.HANGUP, Cause.NORMAL.value),
        "QueueCallerAbandon": (Kind.HANGUP, Cause.CANCEL.value),
        "Hangup": (Kind.HANGUP, Cause.UNKNOWN.value),
    }[name]
    return [
        Event(
            call_id=unique,
            kind=kind,
            at=instant_of(said.get("Timestamp")),
            number_from=said.get("CallerIDNum", ""),
            number_to=said.get("Exten", "") or said.get("Queue", ""),
            direction="in",
            operators=_operators(kind, said),
            cause=cause,
            leg=said.get("DestUniqueid", "") if kind == Kind.RINGING else "",
            parent_id=linked if linked != unique else "",
            queue=said.get("Queue", ""),
        )
    ]


def _operators(kind: Kind, said: Mapping[str, str]) -> tuple[str, ...]:
    """« SIP/12 », « 12 » and the member's name: whichever the trunk's page knows."""
    if kind not in {Kind.RINGING, Kind.ANSWER}:
        return ()
    names = [said.get(field, "") for field in ("MemberName", "Interface", "DialString", "DestCallerIDNum")]
    names += [name.rpartition("/")[2].partition("@")[0] for name in names if "/" in name or "@" in name]
    return tuple(dict.fromkeys(name for name in names if name))


def sample(sample: Sample, options: Options) -> Request:
    """A caller who joins the queue."""
    fields = {
        "Event": "QueueCallerJoin", "Uniqueid": sample.call_id, "Linkedid": sample.call_id,
        "CallerIDNum": sample.number_from, "Exten": sample.number_to, "Timestamp": f"{sample.at.timestamp():.6f}",
    }  # fmt: skip
    return signed("".join(f"{name}: {text}\r\n" for name, text in fields.items()), "text/plain", sample.at)


ADAPTER = Adapter(
    provider="asterisk",
    read=read,
    sample=sample,
    settings=(
        Setting("host", "serveur", "Sur cette machine ou par un réseau privé : AMI ne chiffre rien."),
        Setting("port", "port", "5038 d’ordinaire."),
        Setting("user", "identifiant AMI"),
        Setting("secret", "secret AMI", is_secret=True),
    ),
    listens=True,
)
