from django.db import models


class IntroductionState(models.TextChoices):
    PROPOSED = "proposed", "proposée"
    SENT = "sent", "envoyée"
    IN_PROGRESS = "in_progress", "en cours"
    SUCCEEDED = "succeeded", "aboutie"
    NO_HELP = "no_help", "sans suite"
    UNREACHABLE = "unreachable", "injoignable"
    EXPIRED = "expired", "expirée"
    DECLINED = "declined", "déclinée"
    CANCELLED = "cancelled", "annulée"


LIVE = (IntroductionState.PROPOSED, IntroductionState.SENT, IntroductionState.IN_PROGRESS)


class Side(models.TextChoices):
    ASKER = "asker", "demandeur"
    GIVER = "giver", "contributeur"


SLUGS = {Side.ASKER: "demandeur", Side.GIVER: "contributeur"}  # as addresses say them


class IntroductionVerb(models.TextChoices):
    PROPOSED = "introduction.proposed", "a proposé la mise en relation"
    CONSENTED = "introduction.consented", "a noté l’accord"
    ASKED = "introduction.asked", "a écrit pour demander l’accord"
    SENT = "introduction.sent", "a mis en relation"
    TAKEN_UP = "introduction.taken_up", "a noté la prise en charge"
    CLOSED = "introduction.closed", "a clos la mise en relation"
    DECLINED = "introduction.declined", "a noté le refus"
    CANCELLED = "introduction.cancelled", "a annulé la mise en relation"
    REOPENED = "introduction.reopened", "a repris la mise en relation"
    EXPIRED = "introduction.expired", "a laissé expirer la mise en relation"
