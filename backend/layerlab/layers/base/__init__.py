"""What every layer kind is made from."""

from layerlab.layers.base.code import SWAPPED, Code, sources_of, written
from layerlab.layers.base.fields import (
    Extent,
    Extents,
    Margin,
    Margins,
    Momentum,
    Width,
    both,
    channels_of,
    largest_divisor,
)
from layerlab.layers.base.frames import as_clips, as_images, frame_shapes, num_frames
from layerlab.layers.base.kind import LayerKind, Sliding
from layerlab.layers.base.site import Shape, Site, count_text, shape_text
from layerlab.layers.base.window import Window, check_groups

__all__ = [
    "SWAPPED",
    "Code",
    "Extent",
    "Extents",
    "LayerKind",
    "Margin",
    "Margins",
    "Momentum",
    "Shape",
    "Site",
    "Sliding",
    "Width",
    "Window",
    "as_clips",
    "as_images",
    "both",
    "channels_of",
    "check_groups",
    "count_text",
    "frame_shapes",
    "largest_divisor",
    "num_frames",
    "shape_text",
    "sources_of",
    "written",
]
