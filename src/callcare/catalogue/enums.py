from django.db import models


class Kind(models.TextChoices):
    GOODS = "goods", "biens"
    TIME = "time", "temps"
    SKILL = "skill", "compétences"
    VENUE = "venue", "lieux"
    TRANSPORT = "transport", "transport"
    MONEY = "money", "argent"


class Measure(models.TextChoices):
    """What is really counted, always in whole numbers."""

    PIECE = "piece", "pièce"
    PLACE = "place", "place"
    MINUTE = "minute", "minute"
    CENT = "cent", "centime"


class Every(models.TextChoices):
    """The rhythm of a quantity said « par mois »; empty: once."""

    WEEK = "week", "par semaine"
    MONTH = "month", "par mois"
    QUARTER = "quarter", "par trimestre"
    YEAR = "year", "par an"


class Audience(models.TextChoices):
    """Where the people helped are losing touch."""

    SCHOOL = "school", "école"
    UNIVERSITY = "university", "université"
    EMPLOYMENT = "employment", "emploi"


class Mode(models.TextChoices):
    GIFT = "gift", "don"
    LOAN = "loan", "prêt"
    EITHER = "either", "don ou prêt"


class ReasonUse(models.TextChoices):
    CLOSE_NEED = "close_need", "clore un besoin"
    CLOSE_COMMITMENT = "close_commitment", "clore un engagement"
    DECLINE = "decline", "décliner une mise en relation"
    DISMISS = "dismiss", "écarter une piste"
    RELEASE = "release", "libérer une affectation"
    CANCEL = "cancel", "annuler"
    REOPEN = "reopen", "rouvrir"


class CatalogueVerb(models.TextChoices):
    FOUNDED = "catalogue.founded", "a posé le catalogue fondateur"
    CATEGORY_ADDED = "catalogue.category_added", "a ajouté la catégorie"
    CATEGORY_EDITED = "catalogue.category_edited", "a modifié la catégorie"
    CATEGORY_RETIRED = "catalogue.category_retired", "a retiré la catégorie"
