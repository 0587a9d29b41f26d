"""What every layer kind is made from."""

from layerlab.layers.base.code import SWAPPED, Code, sources_of, written
from layerlab.layers.base.fields import Extents, Margins, Momentum, Width
from layerlab.layers.base.kind import LayerKind
from layerlab.layers.base.site import Shape, Site, count_text, shape_text
from layerlab.layers.base.window import Window

__all__ = [
    "SWAPPED",
    "Code",
    "Extents",
    "LayerKind",
    "Margins",
    "Momentum",
    "Shape",
    "Site",
    "Width",
    "Window",
    "count_text",
    "shape_text",
    "sources_of",
    "written",
]
