"""Pictures of data before anything trains: one sample under every augmentation, and the first batch."""
