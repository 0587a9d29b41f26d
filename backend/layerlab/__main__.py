"""``python -m layerlab`` is ``layerlab``."""

from layerlab.cli import main

main()
