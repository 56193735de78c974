"""Claire asks, Hugo gives: the scene most tests of introductions play."""

from callcare.desk.models import Consent, Reminder
from callcare.introductions import actions
from callcare.introductions.models import Introduction
from tests import cast

ALL = frozenset({"name", "phone", "email"})


def need(**over):
    facts = {"person": cast.claire(), "public_text": "Pour que des lycéens suivent leurs cours à la maison."}
    return cast.need(**facts | over)


def commitment(**over):
    facts = {"person": cast.hugo(), "public_text": "Batteries neuves, à retirer à Lille."}
    return cast.commitment(**facts | over)


def proposed(**over) -> Introduction:
    """Proposed by Marion, nobody has said yes."""
    facts = {"by": cast.marion(), "need_line": need().lines.get(), "commitment_line": commitment().lines.get()}
    return actions.propose(**facts | over)


def agreed(asker: frozenset[str] = ALL, giver: frozenset[str] = ALL, **over) -> Introduction:
    """Both have said yes on the telephone."""
    introduction = proposed(**over)
    actions.record_side_consent(introduction, side="asker", gives=asker, by=cast.marion())
    actions.record_side_consent(introduction, side="giver", gives=giver, by=cast.marion())
    return introduction


def sent(**over) -> Introduction:
    introduction = agreed(**over)
    actions.introduce(introduction, by=cast.marion())
    return introduction


def owed(introduction: Introduction) -> Reminder | None:
    """The step this introduction waits for."""
    return Reminder.objects.planned().filter(subject_ref=introduction.ref).first()


def consents() -> list[Consent]:
    return list(Consent.objects.order_by("pk"))
