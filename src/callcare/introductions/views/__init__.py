"""The pages of introductions."""
