from django.db import models


class Indicator(models.TextChoices):
    """The figures that have a target."""

    PEOPLE = "people_helped", "personnes accompagnées"
    COMPUTERS = "computers_delivered", "ordinateurs remis"
    COMMITTED = "people_committed", "personnes engagées"


class ReportVerb(models.TextChoices):
    TARGET_SET = "target.set", "a fixé l’objectif"
