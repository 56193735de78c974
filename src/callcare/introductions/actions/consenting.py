"""Each side's yes or no: said on the telephone, or answered on a personal page."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from callcare.accounts.models import User
from callcare.core import clock, french
from callcare.core.deeds import Refused, deed
from callcare.core.enums import LinkPurpose
from callcare.core.models import Link
from callcare.desk.actions import overtake_reminders, queue_letter, record_consent, withdraw_consent
from callcare.desk.actions.following import hold_still
from callcare.desk.enums import Basis, DeskVerb, Reach
from callcare.desk.models import Consent, Interaction, OutgoingMail
from callcare.introductions import mails
from callcare.introductions.actions.proposing import propose
from callcare.introductions.enums import IntroductionState, IntroductionVerb, Side
from callcare.introductions.models import Introduction
from callcare.introductions.permissions import may_keep, may_see_contacts

LINK_LASTS = timedelta(days=30)


def record_side_consent(
    introduction: Introduction,
    *,
    side: str,
    gives: frozenset[str],
    by: User | None,
    basis: Basis = Basis.ORAL,
    interaction: Interaction | None = None,
) -> Consent:
    """Note one side's yes for this introduction: `gives` among « name », « phone », « email »."""
    with deed(IntroductionVerb.CONSENTED, by=by):
        if not may_keep(by, introduction):
            raise Refused("Cette mise en relation n’est pas de votre guichet.")
        if introduction.state != IntroductionState.PROPOSED:
            raise Refused("Cette mise en relation n’attend plus d’accord.")
        person = mails.person_of(introduction, side)
        if person is None:
            raise Refused(f"Choisissez l’interlocuteur {french.of(str(mails.organisation_of(introduction, side)))}.")
        if basis == Basis.ORAL and by is not None and not may_see_contacts(by, introduction, side):
            raise Refused("Cet engagement est d’un autre guichet : demandez l’accord par courriel, ou à ce guichet.")
        hold_still(introduction.need, introduction.commitment, introduction)
        consent = record_consent(
            desk=introduction.desk,
            person=person,
            by=by,
            gives_name="name" in gives,
            gives_phone="phone" in gives,
            gives_email="email" in gives,
            basis=basis,
            reach=Reach.ONE,
            interaction=interaction,
        )
        field = "asker_consent" if side == Side.ASKER else "giver_consent"
        Introduction.objects.filter(pk=introduction.pk).update(**{field: consent})
        setattr(introduction, field, consent)
        overtake_reminders(introduction)  # what is owed now may be asked of the other side
        return consent


def withdraw_side_consent(introduction: Introduction, *, side: str, by: User | None, because: str) -> None:
    """One side takes her yes back: nothing more is passed on, and what was seen was seen (RGPD, art. 7.3)."""
    with deed(DeskVerb.CONSENT_WITHDRAWN, by=by, because=because):
        if not may_keep(by, introduction):
            raise Refused("Cette mise en relation n’est pas de votre guichet.")
        consent = introduction.asker_consent if side == Side.ASKER else introduction.giver_consent
        if consent is None:
            raise Refused("Aucun accord n’est noté de ce côté.")
        hold_still(introduction.need, introduction.commitment, introduction)
        withdraw_consent(consent, by=by, because=because)
        if introduction.state == IntroductionState.PROPOSED:
            overtake_reminders(introduction)


def ask_by_link(introduction: Introduction, *, side: str, by: User | None) -> OutgoingMail:
    """Ask one side by letter, with one personal link. A new letter closes the link of the one before."""
    with deed(IntroductionVerb.ASKED, by=by):
        if not may_keep(by, introduction):
            raise Refused("Cette mise en relation n’est pas de votre guichet.")
        if introduction.state != IntroductionState.PROPOSED:
            raise Refused("Cette mise en relation n’attend plus d’accord.")
        organisation = mails.organisation_of(introduction, side)
        if not mails.address_of(introduction, side):
            raise Refused(f"{organisation} n’a pas d’adresse de courriel : téléphonez, et notez l’accord oral.")
        if mails.person_of(introduction, side) is None:
            raise Refused(f"Choisissez l’interlocuteur {french.of(str(organisation))}.")
        hold_still(introduction.need, introduction.commitment, introduction)
        link, until = new_link(introduction, side)
        letter = mails.asked(introduction, side, link=link, until=until, by=by)
        overtake_reminders(introduction)  # the clock of the letter starts
        return queue_letter(
            desk=introduction.desk,
            key=f"asked:{introduction.ref}:{side}:{_links(introduction, side).count()}",
            to=letter.to,
            to_name=letter.to_name,
            subject=letter.subject,
            body=letter.body,
        )


def new_link(introduction: Introduction, side: str) -> tuple[str, datetime]:
    """A fresh personal link for one side, and how long it lasts; it replaces the one before."""
    _links(introduction, side).filter(revoked_at=None, used_at=None).update(revoked_at=clock.now())
    until = clock.now() + LINK_LASTS
    token = Link.issue(purpose=LinkPurpose.ANSWER, subject=introduction, side=side, expires_at=until)
    return settings.BASE_URL + reverse("introductions:answer", args=[token]), until


def _links(introduction: Introduction, side: str) -> QuerySet[Link]:
    return Link.objects.of_thing(introduction).filter(purpose=LinkPurpose.ANSWER, side=side)


def propose_by_mail(
    *,
    by: User | None,
    asker_gives: frozenset[str] | None = None,
    giver_gives: frozenset[str] | None = None,
    interaction: Interaction | None = None,
    asks: bool = True,
    **proposed: Any,
) -> Introduction:
    """Propose, note the yes just heard, and unless `asks` is False ask by letter each side that has not said yes."""
    with deed(IntroductionVerb.PROPOSED, by=by):
        introduction = propose(by=by, interaction=interaction, **proposed)
        for side, gives in ((Side.ASKER, asker_gives), (Side.GIVER, giver_gives)):
            if gives is not None:
                record_side_consent(introduction, side=side, gives=gives, by=by, interaction=interaction)
        for side in introduction.sides_without_consent() if asks else ():
            ask_by_link(introduction, side=side, by=by)
        return introduction
