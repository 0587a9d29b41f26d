"""Runs: the processes that train, what they say, and how it is kept and shown."""
