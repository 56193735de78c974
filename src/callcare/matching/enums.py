from django.db import models


class MatchingVerb(models.TextChoices):
    DISMISSED = "suggestion.dismissed", "a écarté la piste"
    RESTORED = "suggestion.restored", "a remis la piste"
    SOLICITED = "solicitation.noted", "a sollicité le contributeur"
    SOLICITATION_CLOSED = "solicitation.closed", "a clos la sollicitation"
    SOLICITATION_REOPENED = "solicitation.reopened", "a repris la sollicitation"
    ROUND_BEGUN = "round.begun", "a commencé la tournée des pistes"
    ROUND_FINISHED = "round.finished", "a fini la tournée des pistes"
    WEIGHED = "weights.set", "a fixé les pondérations"


class News(models.TextChoices):
    """Why a pair is raised: it was never shown, or it is better than when it was."""

    NEW = "new", "nouvelle"
    BETTER = "better", "meilleure qu’avant"
    MORE = "more", "couvre davantage"
    SURE = "sure", "confirmée depuis"
