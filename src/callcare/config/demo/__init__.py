"""A living month of the desks, for the demo: every row comes from a deed replayed at its own hour."""
