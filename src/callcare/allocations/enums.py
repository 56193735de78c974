from django.db import models


class AllocationState(models.TextChoices):
    HELD = "held", "retenue"
    CONFIRMED = "confirmed", "confirmée"
    FULFILLED = "fulfilled", "honorée"
    RELEASED = "released", "libérée"
    FAILED = "failed", "défaillante"


class RenegedBy(models.TextChoices):
    ASKER = "asker", "demandeur"
    GIVER = "giver", "contributeur"
    DESK = "desk", "guichet"


class FulfilmentKind(models.TextChoices):
    DELIVERY = "delivery", "remise"
    RETURN = "return", "retour"
    CORRECTION = "correction", "correction"


class Proof(models.TextChoices):
    SLIP = "slip", "bon de remise"
    SIGNATURE = "signature", "signature"
    MAIL = "mail", "courriel"
    ORAL = "oral", "dit au téléphone"


class AllocationVerb(models.TextChoices):
    HELD = "allocation.held", "a retenu une quantité"
    SHARED = "allocation.shared", "a préparé la répartition"
    CONFIRMED = "allocation.confirmed", "a confirmé l’affectation"
    RELEASED = "allocation.released", "a libéré l’affectation"
    FAILED = "allocation.failed", "a noté la défaillance"
    DELIVERED = "fulfilment.delivered", "a noté la remise"
    RETURNED = "fulfilment.returned", "a noté le retour"
    CORRECTED = "fulfilment.corrected", "a corrigé une remise"
    LAPSED = "allocation.lapsed", "a laissé expirer la retenue"
