"""The weights in force, read for each ranking: whoever ranks, and from whatever copy, sees a change at once."""

from callcare.matching.models import Weights
from callcare.matching.rules.facts import WEIGHTS, Settings

USUAL = Settings()


def in_force() -> Settings:
    """The rule with today's weights; the rule's own where nobody ever set others."""
    found = Weights.objects.filter(is_in_force=True).values(*WEIGHTS).first()
    return USUAL.weighed(found) if found else USUAL
