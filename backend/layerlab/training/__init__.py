"""Training: from a spec to a network that learns, step by step. Nothing here knows that anyone is watching."""
