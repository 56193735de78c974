"""The answer given on a personal page, without an account."""

from callcare.catalogue.models import Reason
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.core.models import Link
from callcare.desk.actions.following import hold_still
from callcare.desk.enums import Basis
from callcare.introductions.actions.closing import decline
from callcare.introductions.actions.consenting import record_side_consent
from callcare.introductions.actions.revealing import introduce, is_over_quota, watch_reveals
from callcare.introductions.enums import IntroductionState, IntroductionVerb
from callcare.introductions.models import Introduction


def answer_by_link(
    link: Link, *, accepts: bool, gives: frozenset[str] = frozenset(), reason: Reason | None = None, because: str = ""
) -> Introduction:
    """The answer of a side on its personal page, once. When both have said yes, they are introduced at once.

    Beyond the quota of the day her yes is kept, and somebody of the desk introduces them by hand.
    """
    verb = IntroductionVerb.CONSENTED if accepts else IntroductionVerb.DECLINED
    with deed(verb, by=None, because=because):
        introduction = Introduction.objects.select_related("need", "commitment", "giver", "desk").get(
            pk=link.subject_id
        )
        hold_still(introduction.need, introduction.commitment, introduction)
        introduction.refresh_from_db(fields=["state", "asker_consent", "giver_consent"])
        here = Link.objects.filter(pk=link.pk, used_at=None, revoked_at=None, expires_at__gt=clock.now())
        if not here.update(used_at=clock.now()):
            raise Refused("Vous avez déjà répondu. Pour changer d’avis, appelez le guichet.")
        if introduction.state != IntroductionState.PROPOSED:
            raise Refused("Cette proposition n’est plus d’actualité. Merci de votre réponse.")
        if not accepts:
            if reason is None:
                raise Refused("Dites-nous en un mot pourquoi.")
            decline(introduction, side=link.side, reason=reason, by=None, because=because)
            return introduction
        record_side_consent(introduction, side=link.side, gives=gives, by=None, basis=Basis.LINK)
        if not introduction.sides_without_consent() and not is_over_quota(introduction):
            introduce(introduction, by=None)
            watch_reveals(introduction)
        return introduction
