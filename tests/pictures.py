"""Small images and zips of them, made for tests."""

import io
import zipfile
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def picture(pixels: "NDArray[np.uint8] | Image.Image", form: str = "PNG", **options: object) -> bytes:
    """An image as a file."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def noise(seed: int, height: int = 10, width: int = 10, channels: int = 3) -> NDArray[np.uint8]:
    """Pixels by chance; one channel has no axis of its own."""
    shape = (height, width, channels) if channels > 1 else (height, width)
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def two_classes(number: int = 6, **shape: int) -> dict[str, bytes]:
    """So many images of each of two classes, by their names in the zip."""
    return {
        f"{label}/{place}.png": picture(noise(place + 100 * (label == "dogs"), **shape))
        for label in ("cats", "dogs")
        for place in range(number)
    }
