"""What a number, an identifier, an address or a name is worth: pure, without Django, the clock or the database."""


class Wrong(ValueError):
    """What somebody typed cannot be what it should be; the message says why, in French, fit to be shown."""
