"""Ways to do the same step faster."""
