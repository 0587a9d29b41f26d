"""An array as NumPy saves it, judged by its head: nothing is unpickled, and it is as large as it says."""

from dataclasses import dataclass
from math import prod
from pathlib import Path

import numpy as np

from layerlab.datasets.own_file import Unreadable

#: Booleans, whole numbers, floating-point numbers, and text for names of classes.
_KINDS = "biufU"
_LONGEST_HEAD = 10_000


@dataclass(frozen=True, kw_only=True)
class Head:
    """What an array is."""

    shape: tuple[int, ...]
    dtype: str
    is_plain: bool
    """In the byte order of this machine and in the order of C, so that it can be used as it lies on the disk."""

    @property
    def is_number(self) -> bool:
        """False for text."""
        return np.dtype(self.dtype).kind != "U"

    @property
    def words(self) -> str:
        """Its shape and kind."""
        shape = " × ".join(map(str, self.shape)) or "a single value"
        return f"({shape} {self.dtype if self.is_number else 'text'})"


def read_head(file: Path, name: str) -> Head:
    """What the array in an ``.npy`` is; it may be mapped then.

    Raises:
        Unreadable: It is none, holds objects, or its head lies.
    """
    size = file.stat().st_size
    try:
        with file.open("rb") as opened:
            version = np.lib.format.read_magic(opened)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, fortran_order, dtype = read(opened, max_header_size=_LONGEST_HEAD)
            num_bytes = size - opened.tell()
    except Exception as error:
        # A head is Python source to NumPy, and its tokenizer and parser have errors of many kinds.
        text = f"The array {name} is no array that NumPy saved."
        raise Unreadable(text, code="not_an_array", hint="Save it by numpy.savez.") from error
    if dtype.hasobject:
        text = f"The array {name} holds Python objects, which are not read because they can run code."
        raise Unreadable(text, code="object_array", hint="Save it as numbers: array.astype(numpy.float32).")
    if dtype.kind not in _KINDS or not dtype.itemsize:
        text = f"The array {name} is of the type {str(dtype)[:60]}, which is no number."
        raise Unreadable(text, code="wrong_array", hint="Save it as numbers: array.astype(numpy.float32).")
    announced = dtype.itemsize * prod(shape)
    if min(shape, default=0) < 0 or announced != num_bytes:
        text = f"The array {name} says that it has {announced} bytes, but {num_bytes} are there."
        raise Unreadable(text, code="lying_array", hint="Save it again.")
    is_plain = bool(dtype.isnative) and not fortran_order
    return Head(shape=tuple(shape), dtype=str(dtype.newbyteorder("=")), is_plain=is_plain)
