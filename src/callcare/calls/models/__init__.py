"""The rows of the telephone. Import them from here."""

from callcare.calls.models.calls import Call, CallEvent, CallQuerySet
from callcare.calls.models.inbound import InboundEvent, Refusal
from callcare.calls.models.messages import VoiceMessage, VoiceMessageQuerySet
from callcare.calls.models.presence import Presence
from callcare.calls.models.trunks import Extension, Trunk, TrunkQuerySet

__all__ = [
    "Call", "CallEvent", "CallQuerySet", "Extension", "InboundEvent", "Presence", "Refusal", "Trunk", "TrunkQuerySet",
    "VoiceMessage", "VoiceMessageQuerySet",
]  # fmt: skip
