"""Bring a need and a giver together, before anybody has said yes."""

from collections.abc import Iterable

from callcare.accounts.models import User
from callcare.commitments.models import Commitment, CommitmentLine
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.desk.actions import overtake_reminders
from callcare.desk.actions.following import follow, hold_still, moved_by
from callcare.desk.calendar import after_open_days
from callcare.desk.enums import CaseState, ReminderStep
from callcare.desk.models import Interaction, live_consent_of
from callcare.desk.permissions import keeps
from callcare.directory.models import Organisation, Person
from callcare.introductions.enums import IntroductionVerb
from callcare.introductions.models import Introduction
from callcare.matching.actions import note_solicitation
from callcare.needs.models import Need, NeedLine

ANSWER_WITHIN = 2  # open days to obtain both consents


def sketch(
    *,
    need_line: NeedLine | None = None,
    need: Need | None = None,
    commitment_line: CommitmentLine | None = None,
    commitment: Commitment | None = None,
    giver: Organisation | None = None,
    asker_person: Person | None = None,
    giver_person: Person | None = None,
) -> Introduction:
    """The introduction as it would be, not saved: for the page that shows both sides face to face."""
    need = need or (need_line.need if need_line else None)
    commitment = commitment or (commitment_line.commitment if commitment_line else None)
    giver = giver or (commitment.organisation if commitment else None)
    if need is None or giver is None:
        raise Refused("Une mise en relation réunit un besoin et un contributeur.")
    if giver.pk == need.organisation_id:
        raise Refused("Le demandeur et le contributeur sont la même organisation.")
    if commitment and not _is_offered(commitment, need):
        raise Refused("Cet engagement n’est pas partagé avec votre guichet.")
    asker_person = asker_person or need.person
    giver_person = giver_person or (commitment.person if commitment else None)
    return Introduction(
        desk=need.desk,
        need=need,
        need_line=need_line,
        giver=giver,
        commitment=commitment,
        commitment_line=commitment_line,
        asker_person=asker_person,
        giver_person=giver_person,
        asker_consent=live_consent_of(asker_person, need),
        giver_consent=live_consent_of(giver_person, commitment),
    )


def _is_offered(commitment: Commitment, need: Need) -> bool:
    if commitment.desk_id == need.desk_id:
        return True
    return Commitment.objects.offered_to(need.desk).filter(pk=commitment.pk).exists()


def propose(
    *,
    by: User | None,
    need_line: NeedLine | None = None,
    need: Need | None = None,
    commitment_line: CommitmentLine | None = None,
    commitment: Commitment | None = None,
    giver: Organisation | None = None,
    asker_person: Person | None = None,
    giver_person: Person | None = None,
    interaction: Interaction | None = None,
    score: int | None = None,
    reasons: Iterable[str] = (),
    because: str = "",
) -> Introduction:
    """Propose to bring them together. Consents already given for both cases are found by themselves.

    `score` and `reasons` are kept as the operator saw them. Refused when one of the two is not open, when the
    commitment is not shared with the need's desk, or when the two are already being introduced.
    """
    with deed(IntroductionVerb.PROPOSED, by=by, because=because):
        it = sketch(
            need_line=need_line,
            need=need,
            commitment_line=commitment_line,
            commitment=commitment,
            giver=giver,
            asker_person=asker_person,
            giver_person=giver_person,
        )
        if not keeps(by, it.desk):
            raise Refused("Ce besoin n’est pas de votre guichet.")
        hold_still(it.need, it.commitment)  # nobody closes either while we write to both sides about it
        _must_be_open(it)
        _must_speak_for(it.asker_person, it.need.organisation)
        _must_speak_for(it.giver_person, it.giver)
        it.interaction = interaction
        it.proposer = by
        it.owner = by or it.need.owner
        it.score = score
        it.reasons = [str(reason)[:120] for reason in reasons]
        it.proposed_at = clock.now()
        it.next_action_at = after_open_days(it.desk, it.proposed_at, days=ANSWER_WITHIN)
        it.save(force_insert=True)
        note_solicitation(need=it.need, giver=it.giver, commitment=it.commitment, by=by)
        follow(moved_by(it))
        overtake_reminders(it.need, [ReminderStep.NO_CANDIDATE])  # somebody is asked now: nothing to look for
        it.refresh_from_db(fields=["next_action_at"])
        return it


def _must_be_open(it: Introduction) -> None:
    if not Need.objects.filter(pk=it.need_id, state=CaseState.OPEN).exists():
        raise Refused("Ce besoin n’est pas ouvert.")
    if it.commitment and not Commitment.objects.filter(pk=it.commitment.pk, state=CaseState.OPEN).exists():
        raise Refused("Cet engagement n’est pas ouvert.")


def _must_speak_for(person: Person | None, organisation: Organisation) -> None:
    if person is None:
        return
    if person.organisation_id != organisation.pk:
        raise Refused(f"{person} ne parle pas pour {organisation}.")
    if person.do_not_contact or (person.left_on and person.left_on <= clock.today()):
        raise Refused(f"{person} n’est plus à solliciter : choisissez un autre interlocuteur.")
