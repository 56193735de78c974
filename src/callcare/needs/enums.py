from django.db import models


class NeedVerb(models.TextChoices):
    """Every deed that can be done to a need, as the timeline says it."""

    RECORDED = "need.recorded", "a enregistré le besoin"
    EDITED = "need.edited", "a modifié le besoin"
    LINE_EDITED = "need.line_edited", "a modifié une ligne du besoin"
    OPENED = "need.opened", "a ouvert le besoin"
    HELD = "need.held", "a suspendu le besoin"
    CLOSED = "need.closed", "a clos le besoin"
    REOPENED = "need.reopened", "a rouvert le besoin"
    REPEATED = "need.repeated", "a noté une réitération"
