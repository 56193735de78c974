from django.db import models


class Role(models.TextChoices):
    """What a person is for the house. What she sees besides comes from her desks and her organisations."""

    OPERATOR = "operator", "opératrice ou opérateur"
    STEWARD = "steward", "pilote du collectif"
    ADMIN = "admin", "administratrice ou administrateur"
    PARTNER = "partner", "partenaire"


SESSIONS = "sessions"  # the name under which the house is told that somebody’s sessions were ended


class AccountVerb(models.TextChoices):
    INVITED = "account.invited", "a ouvert le compte"
    ROLES_SET = "account.roles_set", "a changé les rôles"
    DEACTIVATED = "account.deactivated", "a fermé le compte"
    REOPENED = "account.reopened", "a rouvert le compte"
    SETTLED = "account.settled", "a réglé son compte"
