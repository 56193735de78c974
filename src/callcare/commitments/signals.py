"""What this floor tells the floors above, without knowing them. Heard inside the deed: it stands or falls with it."""

from django.dispatch import Signal

commitment_closed = Signal()  # sends: commitment, by; a Refused raised here keeps the commitment open
