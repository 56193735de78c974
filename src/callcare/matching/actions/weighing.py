"""What each part of the score is worth, from now on and for everybody."""

from collections.abc import Mapping

from callcare.accounts.models import User
from callcare.core import clock
from callcare.core.deeds import Refused, deed
from callcare.matching.enums import MatchingVerb
from callcare.matching.models import Weights
from callcare.matching.permissions import may_weigh
from callcare.matching.rules.weighing import wrong

CHANGED = "Quelqu’un vient de changer les pondérations. Rechargez la page."


def set_weights(points: Mapping[str, int], *, seen: int | None, by: User, because: str) -> Weights:
    """Put these weights in force, for a reason. `seen`: the set she had before her eyes, None for the rule's own.

    Taking back an earlier set is setting its points again. Raises Refused when they cannot be, are those in force, or
    somebody set others meanwhile.
    """
    if not may_weigh(by):
        raise Refused("Les pondérations sont réglées par qui pilote le collectif.")
    if why := wrong(points):
        raise Refused(why)
    if not because.strip():
        raise Refused("Dites pourquoi : la raison reste dans l’historique.")
    with deed(MatchingVerb.WEIGHED, by=by, because=because):
        old = Weights.objects.select_for_update().filter(is_in_force=True).first()
        if (old.pk if old else None) != seen:
            raise Refused(CHANGED)
        if old and old.points == dict(points):
            raise Refused("Ce sont déjà les pondérations en vigueur.")
        if old:
            old.is_in_force = False
            old.save(update_fields=["is_in_force"])
        return Weights.objects.create(**points, set_at=clock.now(), by=by, because=because.strip()[:200])
