"""Regularizers: what is added to the gradient to keep weights small, and the limit on the gradient itself."""
