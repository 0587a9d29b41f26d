"""Images that were decoded once, and the same images as one array of a size, made when first wanted."""

import contextlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layerlab.datasets.pictures import Pixels, squared

_PIXELS, _SHAPES, _CLASSES, _HELD_OUT, _NAMES = "pixels.bin", "shapes.npy", "classes.npy", "held_out.npy", "names.json"
#: Arrays of different sizes that are kept; the one not used for longest goes first.
_MOST_ARRAYS = 2


class ImageWriter:
    """Writes images one after the other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = (folder / _PIXELS).open("wb")
        self.shapes: list[tuple[int, ...]] = []

    def add(self, pixels: Pixels) -> None:
        """One image [height, width, channels]."""
        self.shapes.append(pixels.shape)
        self._file.write(pixels.tobytes())

    def finish(self, classes: Sequence[int], names: Sequence[str], held_out: Sequence[bool] | None) -> None:
        """What the images are of."""
        self._file.close()
        np.save(self._folder / _SHAPES, np.array(self.shapes, np.int32))
        np.save(self._folder / _CLASSES, np.array(classes, np.int64))
        if held_out is not None:
            np.save(self._folder / _HELD_OUT, np.array(held_out))
        (self._folder / _NAMES).write_text(json.dumps(list(names)), encoding="utf-8")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class ImageShelf:
    """The images of one upload."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.shapes: NDArray[np.int32] = np.load(folder / _SHAPES, allow_pickle=False)
        self.classes: NDArray[np.int64] = np.load(folder / _CLASSES, allow_pickle=False)
        self.names: list[str] = json.loads((folder / _NAMES).read_text(encoding="utf-8"))

    def held_out(self) -> NDArray[np.bool_] | None:
        """[N] True for the images of a test folder; None where there is none."""
        path = self._folder / _HELD_OUT
        found: NDArray[np.bool_] | None = np.load(path, allow_pickle=False) if path.exists() else None
        return found

    @property
    def has_colour(self) -> bool:
        """True where one of the images is not grey."""
        return bool((self.shapes[:, 2] == 3).any())

    def array(self, size: int, *, channels: int, crop: bool) -> Pixels:
        """[N, channels, size, size], mapped from the disk; writing into it does not reach the file."""
        path = self._folder / f"images-{size}-{channels}-{'crop' if crop else 'stretch'}.npy"
        if not path.exists():
            self._make_room()
            self._write(path, size, channels, crop)
        with contextlib.suppress(OSError):
            os.utime(path)
        found: Pixels = np.load(path, mmap_mode="c", allow_pickle=False)
        return found

    def _make_room(self) -> None:
        made = sorted(self._folder.glob("images-*.npy"), key=lambda path: path.stat().st_mtime)
        for path in made[: max(0, len(made) - _MOST_ARRAYS + 1)]:
            path.unlink(missing_ok=True)

    def _write(self, path: Path, size: int, channels: int, crop: bool) -> None:
        """The array in a file of that name, there whole or not at all."""
        ends = np.cumsum(self.shapes.astype(np.int64).prod(1))
        pixels = np.memmap(self._folder / _PIXELS, np.uint8, "r")
        with tempfile.TemporaryDirectory(dir=self._folder) as under_way:
            half = Path(under_way) / "array.npy"
            array: Any = np.lib.format.open_memmap(half, "w+", np.uint8, (len(self.shapes), channels, size, size))
            for number, (shape, end) in enumerate(zip(self.shapes, ends, strict=True)):
                image = pixels[end - int(np.prod(shape)) : end].reshape(shape)
                array[number] = squared(np.asarray(image), size, channels=channels, crop=crop)
            array.flush()
            half.replace(path)
