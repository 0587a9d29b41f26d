"""Engines: other ways to run the steps of a trainer, faster and with the same numbers up to rounding."""
