from django.db import models


class MatchingVerb(models.TextChoices):
    DISMISSED = "suggestion.dismissed", "a écarté la piste"
    RESTORED = "suggestion.restored", "a remis la piste"
