"""The IDX format of MNIST and its relatives."""

import gzip
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

#: More than any published set of this kind has; a header that says more lies.
MOST_SAMPLES = 100_000


def read_idx(path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """[N, …] bytes of an IDX file, whether packed by gzip or not.

    The header is four bytes (0, 0, 8 for unsigned bytes, number of dimensions) and each dimension as a big-endian
    number of four bytes. No more is unpacked than the header announces, and that is bounded.

    Args:
        path: The file.
        shape: What each sample must have: (28, 28) of images, () of labels.

    Raises:
        ValueError: It is no such file, is cut off, damaged, or does not hold what it says; the words end a sentence
            that starts with the file's name.

    Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits, file formats.
    """
    count = count_idx(path, shape)
    size = count * int(np.prod(shape, dtype=np.int64))
    data = unpacked(path, head_size(shape) + size + 1)[head_size(shape) :]
    if len(data) < size:
        raise ValueError(f"is cut off: it announces {count} samples and holds {len(data) * count // size}")
    if len(data) > size:
        raise ValueError(f"holds more than the {count} samples that it announces")
    return np.frombuffer(bytearray(data), np.uint8).reshape(count, *shape)


def head_size(shape: tuple[int, ...]) -> int:
    """Bytes of the header of a file of such samples."""
    return 4 * (len(shape) + 2)


def unpacked(path: Path, size: int) -> bytes:
    """The first ``size`` bytes of a file, unpacked where it is packed by gzip; no more than these are ever unpacked.

    Raises:
        ValueError: It ends in the middle of its packed data, or cannot be unpacked.
    """
    with path.open("rb") as raw:
        is_packed = raw.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path, "rb") if is_packed else path.open("rb") as file:
            return file.read(size)
    except EOFError:
        raise ValueError("is cut off: it ends in the middle of its packed data") from None
    except (gzip.BadGzipFile, zlib.error):
        raise ValueError("is damaged: it cannot be unpacked") from None


def count_idx(path: Path, shape: tuple[int, ...]) -> int:
    """The number of samples that the header of an IDX file announces.

    Raises:
        ValueError: The header is not that of such samples.
    """
    head = unpacked(path, head_size(shape))
    magic = bytes([0, 0, 8, len(shape) + 1])
    if head[:4] != magic:
        raise ValueError(f"is not the IDX file it should be: it begins with {head[:4].hex(' ')}, not {magic.hex(' ')}")
    if len(head) < head_size(shape):
        raise ValueError("is cut off: it ends in its header")
    count, *found = (int(number) for number in np.frombuffer(head[4:], ">u4"))
    if tuple(found) != shape:
        raise ValueError(f"has samples of {'×'.join(map(str, found))}, not {'×'.join(map(str, shape))}")
    if not 1 <= count <= MOST_SAMPLES:
        raise ValueError(f"announces {count} samples, and 1 to {MOST_SAMPLES} can be")
    return count
