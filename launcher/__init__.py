"""From a fresh clone to a running house, with the standard library alone."""
