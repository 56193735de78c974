from django.db import models


class MatchingVerb(models.TextChoices):
    DISMISSED = "suggestion.dismissed", "a écarté la piste"
    RESTORED = "suggestion.restored", "a remis la piste"
    SOLICITED = "solicitation.noted", "a sollicité le contributeur"
    SOLICITATION_CLOSED = "solicitation.closed", "a clos la sollicitation"
    SOLICITATION_REOPENED = "solicitation.reopened", "a repris la sollicitation"
