"""A number that nobody knew is given to whom the operator says: from now on it is shown, and so are its past calls."""

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk.enums import DeskVerb, InteractionChannel, ReminderStep
from callcare.desk.models import Interaction, InteractionQuerySet, Reminder
from callcare.desk.permissions import keeps
from callcare.desk.signals import interaction_identified
from callcare.directory.actions import record_channel
from callcare.directory.enums import ChannelKind, ChannelUse
from callcare.directory.models import Channel
from callcare.directory.rules import phones

SAID_AT_THE_DESK = "dit au guichet"


def number_of(interaction: Interaction) -> str:
    """The number of a telephone contact, "" where it is hidden or none."""
    return phones.parse(interaction.raw_identity).value if interaction.channel == InteractionChannel.PHONE else ""


def is_number_kept(interaction: Interaction) -> bool:
    """Is there nothing to keep: no number, nobody named, or known for her already?"""
    number = number_of(interaction)
    if not number or interaction.organisation_id is None:
        return True
    noted = Channel.objects.in_use().filter(kind=ChannelKind.PHONE, value=number)
    if interaction.person_id:
        return noted.filter(person=interaction.person_id).exists()
    theirs = noted.filter(organisation=interaction.organisation_id)
    return (theirs | noted.filter(person__organisation=interaction.organisation_id)).exists()


def nameless_contacts(interaction: Interaction) -> int:
    """How many past contacts of this number at this desk have no name yet."""
    return _nameless(interaction).count()


def _nameless(interaction: Interaction) -> InteractionQuerySet:
    return Interaction.objects.filter(
        desk=interaction.desk_id, raw_identity=number_of(interaction), organisation=None
    ).exclude(pk=interaction.pk)


def keep_number(interaction: Interaction, *, by: User) -> int:
    """Note the number for the one who speaks: direct for a person, the switchboard for an organisation alone.

    The desk's past contacts of this number that had no name take the organisation's; whoever was named keeps her name.
    Returns how many took it.
    """
    with deed(DeskVerb.NUMBER_KEPT, by=by, interaction=interaction.pk):
        if not keeps(by, interaction.desk):
            raise Refused("Ce contact n’est pas de votre guichet.")
        number, organisation, speaker = number_of(interaction), interaction.organisation, interaction.person
        if not number:
            raise Refused("Ce numéro est masqué ou ne peut pas être appelé : il n’y a rien à garder.")
        if organisation is None:
            raise Refused("Dites d’abord qui appelle.")
        record_channel(
            by=by,
            value=number,
            person=speaker,
            organisation=None if speaker else organisation,
            use=ChannelUse.DIRECT if speaker else ChannelUse.SWITCHBOARD,
            source=SAID_AT_THE_DESK,
            seen_at=clock.now(),
        )
        renamed = list(_nameless(interaction).select_for_update(of=("self",)).order_by("pk"))
        Interaction.objects.filter(pk__in=[one.pk for one in renamed]).update(organisation=organisation)
        owed = Reminder.objects.planned().filter(
            desk=interaction.desk_id, step=ReminderStep.CALL_BACK, number=number, organisation=None
        )
        owed.update(organisation=organisation, person=speaker, about=f"Rappeler {speaker or organisation}"[:200])
        for one in renamed:
            interaction_identified.send(Interaction, interaction=one)
        return len(renamed)
