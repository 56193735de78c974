from enum import StrEnum

from django.db import models


class Provider(models.TextChoices):
    """Whose events a trunk speaks: one adapter each, in `adapters`."""

    GENERIC = "generic", "Kamailio, Zammad ou autre (CTI générique)"
    SIPGATE = "sipgate", "sipgate.io"
    RINGOVER = "ringover", "Ringover"
    AIRCALL = "aircall", "Aircall"
    PLACETEL = "placetel", "Placetel"
    OVH = "ovh", "OVHcloud, flux d’évènements"
    OVH_CGI = "ovh_cgi", "OVHcloud, adresse appelée par la ligne"
    ASTERISK = "asterisk", "Asterisk (AMI)"


class ParseState(models.TextChoices):
    PENDING = "pending", "à lire"
    DONE = "done", "lu"
    ERROR = "error", "illisible"


class Outcome(models.TextChoices):
    """How a call ended; empty while it is under way."""

    ANSWERED = "answered", "décroché"
    VOICEMAIL = "voicemail", "message vocal"
    MISSED = "missed", "manqué"
    REJECTED = "rejected", "rejeté"
    TRANSFERRED = "transferred", "transféré"


class MessageState(models.TextChoices):
    """What became of a recording."""

    WAITING = "waiting", "à chercher"
    KEPT = "kept", "gardé"
    LOST = "lost", "perdu"
    DELETED = "deleted", "effacé"


class RefusalReason(models.TextChoices):
    """Why something that reached the door was not let in. Counted, never kept."""

    UNKNOWN = "unknown", "raccordement inconnu"
    SECRET = "secret", "secret faux"
    SIGNATURE = "signature", "signature fausse"
    REPLAYED = "replayed", "requête rejouée"
    TOO_LARGE = "too_large", "corps trop grand"
    METHOD = "method", "méthode inattendue"


class Reading(StrEnum):
    """How a strip reads: to the one who answered, or to the others."""

    RINGING = "ringing"
    TALKING = "talking"  # « En ligne avec … »
    TAKEN = "taken"  # « prise par Marion »
    WHOSE = "whose"  # answered, and nobody knows by whom: « C’est moi »
    MISSED = "missed"
    OVER = "over"
    NOTHING = "nothing"


class CallVerb(models.TextChoices):
    HEARD = "call.heard", "a relevé les appels"
    TAKEN = "call.taken", "a pris l’appel"
    SWEPT = "call.swept", "a clos un appel sans nouvelles"
    MESSAGE_FETCHED = "message.fetched", "a cherché le message vocal"
    MESSAGE_HEARD = "message.heard", "a écouté le message vocal"
    MESSAGE_DELETED = "message.deleted", "a effacé le message vocal"
    TRUNK_OPENED = "trunk.opened", "a ouvert le raccordement"
    TRUNK_SET = "trunk.set", "a réglé le raccordement"
    SECRET_ROTATED = "trunk.secret_rotated", "a changé le secret"
    EXTENSION_SET = "trunk.extension_set", "a réglé un poste"


class Channel(StrEnum):
    """The name under which the house is told that calls changed."""

    CALLS = "calls"
