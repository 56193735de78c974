"""The reveal: the one place of the house where the details of one side reach the other."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q

from callcare.accounts.models import User
from callcare.core import clock, french
from callcare.core.deeds import Refused, deed
from callcare.desk.actions import overtake_reminders, plan_reminder, queue_letter
from callcare.desk.actions.following import hold_still
from callcare.desk.calendar import after_open_days
from callcare.desk.enums import ReminderStep
from callcare.desk.models import Consent, Interaction, live_consent_of
from callcare.directory.enums import ChannelKind
from callcare.directory.models import Organisation
from callcare.introductions import mails
from callcare.introductions.actions.consenting import record_side_consent
from callcare.introductions.actions.proposing import propose
from callcare.introductions.enums import IntroductionState, IntroductionVerb, Side
from callcare.introductions.mails import Letter
from callcare.introductions.models import Disclosure, Introduction
from callcare.introductions.permissions import may_keep

NEWS_AFTER = 5  # open days after the letters, somebody calls
REVEALS_A_DAY = 30  # to one organisation, by personal links
REVEALS_AN_HOUR = 10  # from there on somebody looks


def introduce(introduction: Introduction, *, by: User | None) -> None:
    """Pass on to each side what the other allowed, no more: state, traces and two letters in one transaction.

    Refused while a live consent of one of the two persons is missing, or when nobody could reach anybody.
    """
    with deed(IntroductionVerb.SENT, by=by):
        if not may_keep(by, introduction):
            raise Refused("Cette mise en relation n’est pas de votre guichet.")
        hold_still(introduction.need, introduction.commitment, introduction)
        # Somebody may have noted a narrower yes since the page was shown: that is the one that holds.
        introduction.refresh_from_db(fields=["asker_consent", "giver_consent"])
        consents = {side: _consent_of(introduction, side) for side in Side}
        _must_reach(introduction, consents)
        sent_at = clock.now()
        news_on = after_open_days(introduction.desk, sent_at, days=NEWS_AFTER)
        introduction.move(
            IntroductionState.SENT,
            sent_at=sent_at,
            asker_consent=consents[Side.ASKER],
            giver_consent=consents[Side.GIVER],
            next_action_at=news_on,
        )
        allowed = {side: consent.details for side, consent in consents.items()}
        for side in Side:
            letter = mails.introduced(introduction, side, allowed=allowed, news_on=news_on, by=by)
            _pass_on(introduction, side, letter, consents[mails.other(side)])
        overtake_reminders(introduction)


def is_over_quota(introduction: Introduction) -> bool:
    """Has one of the two organisations received as many details today as links may give it?

    Links alone are held back by it: an operator who introduces knows what she does. Both organisations stand still
    until the commit, so that a robot with many links gains nothing by answering them at once.
    """
    bodies = sorted({introduction.need.organisation_id, introduction.giver_id})
    list(Organisation.objects.filter(pk__in=bodies).order_by("pk").select_for_update(no_key=True, of=("self",)))
    return any(_received(body, since=_midnight()) >= REVEALS_A_DAY for body in bodies)


def watch_reveals(introduction: Introduction) -> None:
    """Somebody looks when one organisation receives many details within the hour: once, not at each of them."""
    for body in (introduction.need.organisation, introduction.giver):
        if _received(body.pk, since=clock.now() - timedelta(hours=1)) >= REVEALS_AN_HOUR:
            plan_reminder(
                desk=introduction.desk,
                subject=body,
                step=ReminderStep.UNUSUAL,
                about=f"{body} reçoit beaucoup de coordonnées : vérifier",
                due_at=clock.now(),
                organisation=body,
                owner=introduction.owner,
            )


def _received(organisation: int, *, since: datetime) -> int:
    """How many disclosures an organisation received, on either side."""
    asked = Q(side=Side.ASKER, introduction__need__organisation=organisation)
    gave = Q(side=Side.GIVER, introduction__giver=organisation)
    return Disclosure.objects.filter(asked | gave, at__gte=since).count()


def _midnight() -> datetime:
    return datetime.combine(clock.today(), time(), clock.PARIS)


def introduce_now(
    *,
    by: User | None,
    asker_gives: frozenset[str] | None = None,
    giver_gives: frozenset[str] | None = None,
    interaction: Interaction | None = None,
    **proposed: Any,
) -> Introduction:
    """Propose and introduce in one go. `…_gives` (« name », « phone », « email ») notes an oral yes just heard.

    None for a side: its case's own live consent is used.
    """
    with deed(IntroductionVerb.SENT, by=by):
        introduction = propose(by=by, interaction=interaction, **proposed)
        for side, gives in ((Side.ASKER, asker_gives), (Side.GIVER, giver_gives)):
            if gives is not None:
                record_side_consent(introduction, side=side, gives=gives, by=by, interaction=interaction)
        introduce(introduction, by=by)
        return introduction


def _consent_of(introduction: Introduction, side: str) -> Consent:
    """This side's live consent, read anew: it may have been taken back since the page was shown."""
    person = mails.person_of(introduction, side)
    if person is None:
        raise Refused(f"Choisissez l’interlocuteur {french.of(str(mails.organisation_of(introduction, side)))}.")
    noted = introduction.asker_consent_id if side == Side.ASKER else introduction.giver_consent_id
    case = introduction.need if side == Side.ASKER else introduction.commitment
    own = Consent.objects.live().filter(pk=noted, person=person).first() if noted else None
    consent = own or live_consent_of(person, case)
    if consent is None:
        raise Refused(f"{person} n’a pas donné son accord, ou l’a retiré : rien ne peut être transmis.")
    return consent


def _must_reach(introduction: Introduction, consents: dict[Side, Consent]) -> None:
    allowed = {side: consent.details for side, consent in consents.items()}
    if any(mails.can_be_reached(introduction, side, allowed[side]) for side in Side):
        return
    raise Refused(
        "Aucun des deux ne permet de transmettre un téléphone ou un courriel : ils ne pourraient se joindre."
    )


def _pass_on(introduction: Introduction, side: Side, letter: Letter, consent: Consent) -> None:
    mail = None
    if letter.to:
        mail = queue_letter(
            desk=introduction.desk,
            key=f"introduced:{introduction.ref}:{side}",
            to=letter.to,
            to_name=letter.to_name,
            reply_to=letter.reply_to,
            subject=letter.subject,
            body=letter.body,
            consent_ids=[consent.pk],
        )
    trace = Disclosure.objects.create(
        desk=introduction.desk,
        introduction=introduction,
        side=side,
        recipient=mails.person_of(introduction, side),
        about=mails.person_of(introduction, mails.other(side)),
        consent=consent,
        channels=list(letter.channels),
        text=f"{letter.subject}\n\n{mail.body if mail else letter.body}",
        mail=mail,
        at=clock.now(),
    )
    if mail is None:
        _ask_to_read_aloud(trace, side)


def _ask_to_read_aloud(trace: Disclosure, side: Side) -> None:
    """Somebody without an e-mail address is called: the text to read stands on the introduction's page."""
    introduction = trace.introduction
    person, organisation = mails.person_of(introduction, side), mails.organisation_of(introduction, side)
    phone = mails.channel_of(person, organisation, ChannelKind.PHONE)
    plan_reminder(
        desk=introduction.desk,
        subject=trace,
        step=ReminderStep.MAIL_FAILED,
        about=f"Lire au téléphone à {person} : {introduction.ref}",
        due_at=clock.now(),
        organisation=organisation,
        person=person,
        number=phone.value if phone else "",
        owner=introduction.owner,
    )
