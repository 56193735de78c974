from django.db import models


class Level(models.TextChoices):
    """How sure an offer is: said in public, or checked with the giver by the desk."""

    ANNOUNCED = "announced", "annoncé"
    CONFIRMED = "confirmed", "confirmé"


class Travel(models.TextChoices):
    """Who moves."""

    EITHER = "either", "à convenir"
    GIVER_DELIVERS = "giver_delivers", "le contributeur livre"
    ASKER_COLLECTS = "asker_collects", "à venir chercher"
    REMOTE = "remote", "à distance"


class Sharing(models.TextChoices):
    """Which desks may propose a commitment to their askers."""

    DESK = "desk", "ce guichet"
    NEIGHBOURS = "neighbours", "les guichets voisins"
    ALL = "all", "tous les guichets"


class Rtt(models.TextChoices):
    """A day of RTT: somebody comes in person, or the employer pays its value. Two acts, never added together."""

    AS_TIME = "as_time", "donnée en temps"
    AS_MONEY = "as_money", "convertie en argent"


class CommitmentVerb(models.TextChoices):
    RECORDED = "commitment.recorded", "a enregistré l’engagement"
    EDITED = "commitment.edited", "a modifié l’engagement"
    LINE_ADDED = "commitment.line_added", "a ajouté une ligne à l’engagement"
    LINE_EDITED = "commitment.line_edited", "a modifié une ligne de l’engagement"
    LINE_WITHDRAWN = "commitment.line_withdrawn", "a réduit l’engagement"
    CONFIRMED = "commitment.confirmed", "a confirmé l’engagement"
    RECONFIRMED = "commitment.reconfirmed", "a reconfirmé l’engagement"
    SHARED = "commitment.shared", "a changé le partage de l’engagement"
    OPENED = "commitment.opened", "a ouvert l’engagement"
    HELD = "commitment.held", "a suspendu l’engagement"
    CLOSED = "commitment.closed", "a clos l’engagement"
    REOPENED = "commitment.reopened", "a rouvert l’engagement"
