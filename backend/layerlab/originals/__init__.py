"""Original files of well-known sets: which there are, where they lie, how they are read and fetched. Knows no torch."""
