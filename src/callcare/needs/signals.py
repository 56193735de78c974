"""What this floor tells the floors above, without knowing them. Heard inside the deed: it stands or falls with it."""

from django.dispatch import Signal

need_closed = Signal()  # sends: need, by; a Refused raised here keeps the need open
