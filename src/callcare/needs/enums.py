from django.db import models


class NeedVerb(models.TextChoices):
    """Every deed that can be done to a need, as the timeline says it."""

    RECORDED = "need.recorded", "a enregistré le besoin"
    EDITED = "need.edited", "a modifié le besoin"
    LINE_ADDED = "need.line_added", "a ajouté une ligne au besoin"
    LINE_EDITED = "need.line_edited", "a modifié une ligne du besoin"
    LINE_CANCELLED = "need.line_cancelled", "a réduit le besoin"
    OPENED = "need.opened", "a ouvert le besoin"
    HELD = "need.held", "a suspendu le besoin"
    CLOSED = "need.closed", "a clos le besoin"
    DUPLICATE = "need.duplicate", "a clos le besoin comme doublon"
    REOPENED = "need.reopened", "a rouvert le besoin"
    REPEATED = "need.repeated", "a noté une réitération"


class InteractionRole(models.TextChoices):
    """What a contact did to a need."""

    CREATED = "created", "premier contact"
    REPEATED = "repeated", "réitération"
