"""What the doors are about: each builds its thing, or finds it again, and returns the arguments of its address."""

from callcare.core import clock
from callcare.desk.enums import ReminderStep
from callcare.desk.models import Draft, ImportBatch, Interaction, OutgoingMail, Reminder
from callcare.outcomes.models import Outcome
from tests import cast
from tests.calls import stage as calls
from tests.introductions import stage
from tests.introductions.test_answer_by_link import asked
from tests.mailbox import stage as mails


def draft() -> tuple[object, ...]:
    """A contact Marion is noting down."""
    interaction = cast.call(state="draft", finished_at=None)
    Draft.objects.create(interaction=interaction)
    return (interaction.ref,)


def mail_box() -> tuple[object, ...]:
    return (mails.box().address,)


def closed_box() -> tuple[object, ...]:
    """Whose server nobody has: the line is tried, and refused at once."""
    return (mails.box(port=1, security="none").address,)


def ringing() -> tuple[object, ...]:
    """Claire's call at the desk of Lille; nobody has answered yet."""
    calls.hear(calls.said("newCall"))
    return (Interaction.objects.latest("pk").ref,)


@cast.enters
def spreadsheet() -> tuple[object, ...]:
    """A table handed over at the desk of Lille, read and not written; one line of it is wrong."""
    facts = {"raw": b"Structure;Besoin\n", "refused": b"Structure;Besoin\n", "file_name": "besoins.csv"}
    batch, _ = ImportBatch.objects.get_or_create(desk=cast.lille_desk(), what="needs", sha256="0" * 64, defaults=facts)
    return (batch.ref,)


@cast.enters
def reminder() -> tuple[object, ...]:
    """A call the desk of Lille owes."""
    step = Reminder(
        desk=cast.lille_desk(), subject=cast.call(), step=ReminderStep.CALL_BACK, about="Rappeler l’Atelier du Canal",
        due_at=clock.now(),
    )  # fmt: skip
    step.save()
    return (step.ref,)


def desk() -> tuple[object, ...]:
    """The desk itself."""
    return (cast.lille_desk().slug,)


def trunk() -> tuple[object, ...]:
    """How the telephone of Lille is connected."""
    return (calls.trunk().slug,)


def voice_contact() -> tuple[object, ...]:
    """A contact with a message at the desk of Lille."""
    return (calls.voice_message().call.interaction.ref,)


def voice_message() -> tuple[object, ...]:
    """The message itself, kept."""
    return (calls.voice_message().ref,)


def need() -> tuple[object, ...]:
    """Twelve laptops for Roubaix, at the desk of Lille; the workshop is Samir's."""
    return (cast.need().ref,)


@cast.enters
def words() -> tuple[object, ...]:
    """What the workshop said of the help."""
    said = {"side": "asker", "extent": "full", "verbatim": "Merci."}
    outcome, _ = Outcome.objects.get_or_create(need=cast.need(), desk=cast.lille_desk(), defaults=said)
    return (outcome.need.ref, outcome.pk)


def commitment() -> tuple[object, ...]:
    """Forty laptops of the mill, at the desk of Lille."""
    return (cast.commitment().ref,)


def strange_need() -> tuple[object, ...]:
    """A need of the mill, where Samir has no business."""
    return (cast.need(organisation=cast.mill()).ref,)


def own_commitment() -> tuple[object, ...]:
    """The workshop gives too; it is Samir's."""
    return (cast.commitment(organisation=cast.workshop()).ref,)


strange_commitment = commitment


def organisation() -> tuple[object, ...]:
    """All desks share the organisations."""
    return (cast.workshop().ref,)


def strange_organisation() -> tuple[object, ...]:
    """Hugo's, where Samir has no business."""
    return (cast.mill().ref,)


def somebody() -> tuple[object, ...]:
    """Claire, who speaks for the workshop."""
    return (cast.workshop().ref, cast.claire().pk)


def telephone() -> tuple[object, ...]:
    """Claire's number."""
    return (cast.workshop().ref, cast.claire().channels.filter(kind="phone").get().pk)


def category() -> tuple[object, ...]:
    """Laptops."""
    return (cast.laptop().code,)


def promise() -> tuple[object, ...]:
    """Eight of the mill's laptops for the workshop."""
    return (cast.promise(cast.need(), cast.commitment(), 8).ref,)


def letter() -> tuple[object, ...]:
    """One of the two letters of an introduction."""
    stage.sent()
    return (OutgoingMail.objects.earliest("pk").ref,)


def introduction() -> tuple[object, ...]:
    """The workshop and the mill, proposed by Marion."""
    return (stage.proposed().ref,)


def sent() -> tuple[object, ...]:
    """The same, once both have the other's details."""
    return (stage.sent().ref,)


def personal_link() -> tuple[object, ...]:
    """The token in the letter that asks the mill."""
    return (asked().rstrip("/").rsplit("/", 1)[-1],)
