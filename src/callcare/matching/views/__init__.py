"""The pages of matching: for operators, in their own rows, and the weights for who steers."""
