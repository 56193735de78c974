"""The rows of the desk. Import them from here."""

from callcare.desk.models.cases import Case, CaseLine, CaseQuerySet
from callcare.desk.models.consents import Consent, live_consent_of
from callcare.desk.models.desks import Closure, Desk, DeskQuerySet, OpeningHours
from callcare.desk.models.imports import ImportBatch
from callcare.desk.models.interactions import Draft, Interaction, InteractionQuerySet, Referral
from callcare.desk.models.mail import OutgoingMail
from callcare.desk.models.reminders import Reminder

__all__ = [
    "Case",
    "CaseLine",
    "CaseQuerySet",
    "Closure",
    "Consent",
    "Desk",
    "DeskQuerySet",
    "Draft",
    "ImportBatch",
    "Interaction",
    "InteractionQuerySet",
    "OpeningHours",
    "OutgoingMail",
    "Referral",
    "Reminder",
    "live_consent_of",
]
