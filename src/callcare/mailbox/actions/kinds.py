"""A machine's mail that is a person's: one key, and it is treated like the others."""

from callcare.accounts.models import User
from callcare.core.deeds import Refused, deed
from callcare.core.states import TOO_LATE
from callcare.desk.actions import log_interaction
from callcare.desk.enums import InteractionChannel
from callcare.desk.models import Interaction
from callcare.desk.permissions import keeps
from callcare.directory.writers import who_write
from callcare.mailbox.enums import MailboxVerb, MailKind
from callcare.mailbox.models import Mail


def recognise_human(mail: Mail, *, by: User) -> Interaction:
    """« C’est une personne »: the mail becomes a contact to answer, from the instant it came."""
    with deed(MailboxVerb.MAIL_BY_PERSON, by=by):
        if not keeps(by, mail.desk):
            raise Refused("Ce courriel n’est pas de votre guichet.")
        if mail.kind == MailKind.HUMAN:
            raise Refused("Ce courriel est déjà parmi les messages des personnes.")
        if mail.copy_of_id:
            raise Refused("Ce courriel est la copie d’un autre : reconnaissez l’autre.")
        here = Mail.objects.filter(pk=mail.pk, kind=mail.kind, interaction=mail.interaction_id)
        if not here.update(kind=MailKind.HUMAN):  # before its contact: who comes second makes none
            raise Refused(TOO_LATE)
        contact = mail.interaction or _contact_of(mail)
        Mail.objects.filter(pk=mail.pk).update(interaction=contact)
        mail.kind, mail.interaction = MailKind.HUMAN, contact
        return contact


def _contact_of(mail: Mail) -> Interaction:
    writer = who_write([mail.from_address]).get(mail.from_address)
    return log_interaction(
        by=None,
        desk=mail.desk,
        channel=InteractionChannel.MAIL,
        organisation=writer.organisation if writer else None,
        person=writer.person if writer else None,
        raw_identity=mail.from_address,
        started_at=mail.received_at,
        external_id=f"mail:{mail.ref}",
    )
