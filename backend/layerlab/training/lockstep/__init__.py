"""Several variants of one network trained at once: every step is one batched step for all of them."""
