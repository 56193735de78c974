from django.db import models


class Extent(models.TextChoices):
    FULL = "full", "aide reçue en entier"
    PART = "part", "aide reçue en partie"
    NONE = "none", "aide non reçue"


class AgeBand(models.TextChoices):
    CHILD = "0-10", "0 à 10 ans"
    TEEN = "11-15", "11 à 15 ans"
    SIXTEEN = "16-18", "16 à 18 ans"
    YOUNG = "19-25", "19 à 25 ans"
    ADULT = "26-59", "26 à 59 ans"
    SENIOR = "60+", "60 ans et plus"
    UNKNOWN = "unknown", "âge inconnu"


class CountMethod(models.TextChoices):
    DECLARED = "declared", "déclaré"
    CONFIRMED = "confirmed", "constaté"
    ESTIMATED = "estimated", "estimé"


class OutcomeVerb(models.TextChoices):
    RECORDED = "outcome.recorded", "a noté le résultat"
    REWORDED = "outcome.reworded", "a corrigé les mots du résultat"
    UNPUBLISHED = "outcome.unpublished", "a retiré ces mots de la publication"
    COUNTED = "outcome.counted", "a compté les personnes accompagnées"
