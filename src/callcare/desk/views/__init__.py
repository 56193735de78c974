"""The pages of the desk: find, call, answer."""
