"""Layerlab: a visual playground for training small neural networks."""

__version__ = "0.1.0"
