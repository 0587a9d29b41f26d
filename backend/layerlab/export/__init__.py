"""Export: a run as something that does without Layerlab."""
