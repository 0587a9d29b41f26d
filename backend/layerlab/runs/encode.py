"""A frame as bytes: packed once, in the worker, and passed on as it is."""

import ormsgpack
from layerlab_schemas.frames import Frame


def pack_frame(frame: Frame) -> bytes:
    """Message pack of a frame whose arrays are ``PackedArray``; ``api.unpacking`` is the way back."""
    return ormsgpack.packb(frame.model_dump(mode="python"))
