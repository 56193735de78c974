from django.db import models


class OrganisationKind(models.TextChoices):
    ASSOCIATION = "association", "association"
    FOUNDATION = "foundation", "fondation"
    COMPANY = "company", "entreprise"
    LOCAL_AUTHORITY = "local_authority", "collectivité"
    SCHOOL = "school", "établissement scolaire"
    UNIVERSITY = "university", "établissement d’enseignement supérieur"
    EMPLOYMENT_BODY = "employment_body", "organisme de l’emploi et de la formation"
    SOCIAL_OR_HEALTH = "social_or_health", "service social ou de santé"
    NETWORK = "network", "réseau"
    OTHER = "other", "autre"


class ChannelKind(models.TextChoices):
    PHONE = "phone", "téléphone"
    EMAIL = "email", "courriel"


class ChannelUse(models.TextChoices):
    DIRECT = "direct", "ligne directe"
    SWITCHBOARD = "switchboard", "standard"
    SHARED = "shared", "partagée"
    FORMER = "former", "ancienne"


class Certainty(models.TextChoices):
    KNOWN = "known", "sûre"
    MAYBE = "maybe", "possible"


class Rights(models.TextChoices):
    READ = "read", "lire"
    WRITE = "write", "écrire"
    MANAGE = "manage", "gérer"


class DirectoryVerb(models.TextChoices):
    RECORDED = "directory.recorded", "a enregistré l’organisation"
    EDITED = "directory.edited", "a modifié l’organisation"
    PERSON_RECORDED = "directory.person_recorded", "a enregistré l’interlocuteur"
    PERSON_EDITED = "directory.person_edited", "a modifié l’interlocuteur"
    CHANNEL_RECORDED = "directory.channel_recorded", "a noté la coordonnée"
    CHANNEL_RETIRED = "directory.channel_retired", "a retiré la coordonnée"
    MERGED = "directory.merged", "a fusionné deux fiches"
    MERGE_UNDONE = "directory.merge_undone", "a défait la fusion"
    ATTACHED = "directory.attached", "a rattaché le compte"
