"""The pages of promises, hand-overs, and of a commitment spread over many needs."""
