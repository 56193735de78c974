"""A telephone number or an e-mail address is noted, or retired. Numbers are never written to a log."""

from datetime import datetime

from callcare.accounts.models import User
from callcare.core.deeds import Refused, deed
from callcare.directory.enums import Certainty, ChannelKind, ChannelUse, DirectoryVerb
from callcare.directory.models import Channel, Organisation, Person
from callcare.directory.permissions import may_write
from callcare.directory.rules import Wrong, emails, phones

NOT_YOURS = "L’annuaire est tenu par les guichets."


def record_channel(
    *,
    by: User | None,
    value: str,
    person: Person | None = None,
    organisation: Organisation | None = None,
    use: str = ChannelUse.DIRECT,
    certainty: str = Certainty.KNOWN,
    is_public: bool = False,
    source: str = "",
    seen_at: datetime | None = None,
) -> Channel:
    """Note how to reach a person or an organisation (one of the two). An address has an « @ », the rest is a number.

    Noting it again is no error: a retired one comes back into use, a possible one becomes sure, `seen_at` is kept.
    Raises Refused where it is neither a number nor an address.
    """
    kind, kept = _understood(value)
    with deed(DirectoryVerb.CHANNEL_RECORDED, by=by):
        if not may_write(by):
            raise Refused(NOT_YOURS)
        channel, is_new = Channel.objects.select_for_update().get_or_create(
            person=person,
            organisation=organisation,
            kind=kind,
            value=kept,
            defaults={
                "raw": value.strip()[:254], "use": use, "certainty": certainty, "is_public": is_public,
                "source": source, "last_seen_at": seen_at,
            },
        )  # fmt: skip
        if not is_new:
            _renew(channel, use=use, certainty=certainty, seen_at=seen_at)
        return channel


def _renew(channel: Channel, *, use: str, certainty: str, seen_at: datetime | None) -> None:
    if channel.use == ChannelUse.FORMER:
        channel.use = use
    if certainty == Certainty.KNOWN:
        channel.certainty = certainty
    channel.last_seen_at = max(filter(None, [channel.last_seen_at, seen_at]), default=None)
    channel.save(update_fields=["use", "certainty", "last_seen_at"])


def _understood(value: str) -> tuple[ChannelKind, str]:
    try:
        if "@" in value:
            return ChannelKind.EMAIL, emails.address(value)
        return ChannelKind.PHONE, phones.number(value).value
    except Wrong as wrong:
        raise Refused(str(wrong)) from wrong


def retire_channel(channel: Channel, *, by: User | None, because: str) -> None:
    """Nobody is reached here any more. The number stays known: who calls from it is still shown, never selected."""
    with deed(DirectoryVerb.CHANNEL_RETIRED, by=by, because=because):
        if not may_write(by):
            raise Refused(NOT_YOURS)
        if not because.strip():
            raise Refused("Dites en un mot pourquoi cette coordonnée ne sert plus.")
        Channel.objects.filter(pk=channel.pk).update(use=ChannelUse.FORMER)
        channel.use = ChannelUse.FORMER
