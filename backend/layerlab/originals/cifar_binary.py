"""The binary version of CIFAR-10: no pickle, only bytes."""

import gzip
import tarfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

#: One byte for the class, then 32×32 of red, of green, of blue, row by row.
ROW = 1 + 3 * 32 * 32
MOST_ROWS = 10_000
NUM_CLASSES = 10
#: Bytes that the archive may unpack to; the published one has 184 381 440.
MOST_BYTES = 200_000_000


def read_batch(path: Path) -> NDArray[np.uint8]:
    """[N, 3073] rows of one ``.bin`` file.

    Raises:
        ValueError: It is none; the words end a sentence that starts with the file's name.
    """
    with path.open("rb") as file:
        return rows_of(file.read(MOST_ROWS * ROW + 1))


def rows_of(data: bytes) -> NDArray[np.uint8]:
    """[N, 3073]: class, then the picture.

    Raises:
        ValueError: These bytes are no rows.

    Source: A. Krizhevsky, The CIFAR-10 dataset, binary version.
    """
    if len(data) > MOST_ROWS * ROW:
        raise ValueError(f"holds more than {MOST_ROWS} pictures")
    if not data or len(data) % ROW:
        raise ValueError(f"is cut off: {len(data)} bytes are no whole number of rows of {ROW}")
    rows = np.frombuffer(bytearray(data), np.uint8).reshape(-1, ROW)
    if rows[:, 0].max() >= NUM_CLASSES:
        raise ValueError(f"names the class {rows[:, 0].max()}, and classes are 0 to 9")
    return rows


class _Bounded:
    """What an archive unpacks to, up to a limit."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file
        self._left = MOST_BYTES

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(min(size, self._left + 1) if size >= 0 else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise ValueError(f"unpacks to more than {MOST_BYTES} bytes")
        return data


def read_archive(path: Path, names: tuple[str, ...]) -> dict[str, NDArray[np.uint8]]:
    """The rows of the batches ``names`` in ``cifar-10-binary.tar.gz``. Nothing is written anywhere.

    Raises:
        ValueError: It is no such archive, cut off, damaged, too large or without one of them; the words end a sentence
            that starts with the file's name.
    """
    try:
        with gzip.open(path, "rb") as unpacked:
            found = _batches(_Bounded(unpacked), names)
    except EOFError:
        raise ValueError("is cut off: it ends in the middle of its packed data") from None
    except tarfile.ReadError:
        raise ValueError("is cut off, or is no tar archive") from None
    except (gzip.BadGzipFile, zlib.error, tarfile.TarError):
        raise ValueError("is damaged: it cannot be unpacked") from None
    missing = [name for name in names if name not in found]
    if missing:
        raise ValueError(f"has no {missing[0]} in it")
    return found


def _batches(unpacked: _Bounded, names: tuple[str, ...]) -> dict[str, NDArray[np.uint8]]:
    found = {}
    with tarfile.open(fileobj=unpacked, mode="r|") as archive:  # type: ignore[call-overload]
        for member in archive:
            name = member.name.rsplit("/", 1)[-1]
            if name not in names or not member.isreg() or member.issparse():
                continue
            if member.size > MOST_ROWS * ROW:
                raise ValueError(f"has a {name} of {member.size} bytes, and at most {MOST_ROWS * ROW} can be")
            file = archive.extractfile(member)
            assert file is not None, "a regular file can be read"
            found[name] = rows_of(file.read())
    return found
