from django.db import models


class Level(models.TextChoices):
    COMMUNE = "commune", "commune"
    EPCI = "epci", "intercommunalité"
    DEPARTEMENT = "departement", "département"
    REGION = "region", "région"


class Precision(models.TextChoices):
    """How well we know where a commune is."""

    EXACT = "exact", "point de la commune"
    POSTCODE = "postcode", "moyenne de son code postal"
    EPCI = "epci", "moyenne de son intercommunalité"
    NONE = "none", "inconnue"


class FoundBy(models.TextChoices):
    """Why a commune is in the answer to what was typed."""

    NAME = "name", "nom"
    OTHER_NAME = "other_name", "nom d’usage"
    POSTCODE = "postcode", "code postal"
    CODE = "code", "code INSEE"
    CLOSE = "close", "orthographe proche"


class TerritoryVerb(models.TextChoices):
    LOADED = "territory.loaded", "a chargé la table des communes"
    IMPORTED = "territory.imported", "a importé les communes"
