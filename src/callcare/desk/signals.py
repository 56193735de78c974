from django.dispatch import Signal

# Sent inside the deed, with `interaction`: it was said who is speaking, or that nobody is known.
interaction_identified = Signal()
