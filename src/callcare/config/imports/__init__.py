"""Tables of needs, commitments and organisations become rows of the house, by its normal deeds (docs/imports.md)."""
