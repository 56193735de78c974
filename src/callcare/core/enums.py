from django.db import models


class LinkPurpose(models.TextChoices):
    """What a personal link is for."""

    ANSWER = "answer", "répondre à une mise en relation"
    OUTCOME = "outcome", "dire le résultat"
