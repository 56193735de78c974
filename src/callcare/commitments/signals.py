"""What this floor tells the floors above, without knowing them. Heard inside the deed: it stands or falls with it."""

from django.dispatch import Signal

# Sends: commitment, by; a Refused raised here keeps the commitment open. Sent before the row itself is taken, since
# those who listen lock the needs that wait for it first.
commitment_closed = Signal()
