"""Images of the user's own: a zip in which each class has a folder."""

import zipfile
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import torch
from layerlab_schemas.base import PositiveCount
from pydantic import Field

from layerlab.datasets.base import DataSize, LoadedData
from layerlab.datasets.image_names import Found, check_classes, find_images
from layerlab.datasets.image_shelf import ImageShelf, ImageWriter
from layerlab.datasets.own_file import OwnFileKind, Reading, Unreadable, UploadParams, wrong
from layerlab.datasets.packed import open_packed, read_entry, shown
from layerlab.datasets.pictures import decode
from layerlab.figures import count
from layerlab.shelf import Limits

#: Sides of images that are kept: as long as all fit into half of what may be kept, within these bounds.
SHORTEST, LONGEST = 16, 128
_USUAL_SIZE, _LARGEST_UNASKED = 32, 64


class ImageFolderParams(UploadParams):
    """How the images are read."""

    size: Annotated[PositiveCount, Field(ge=8, le=LONGEST)] = Field(
        default=_USUAL_SIZE, description="Height and width in pixels that all images get."
    )
    colour: Literal["auto", "grey", "colour"] = Field(
        default="auto", description="auto: three channels where one of the images has colour, else one."
    )
    fit: Literal["crop", "stretch"] = Field(
        default="crop", description="How they become square: crop takes the middle, stretch squeezes all of it in."
    )


class ImageFolder(OwnFileKind):
    """Images in a zip; the folder that an image lies in is its class.

    They are decoded once, when the zip comes, and kept no larger than 128 pixels. A folder of folders called train and
    test holds the images of the second out for validation.
    """

    kind = "image_folder"
    title = "Your images (zip)"
    help = "Pictures of your own, in a zip with a folder for each class. They get one size, in grey or colour."
    formula = r"x \in \{0, \dots, 255\}^{C \times S \times S}"
    task = "classification"
    input_kind = "image"
    Params = ImageFolderParams
    example: ClassVar[dict[str, Any]] = {
        "dataset": "image_folder",
        "params": {"upload": "u0000000000f01de5", "size": 8},
        "batch_size": 4,
    }

    def read(self, file: Path, content: Path, limits: Limits) -> Reading:
        """Decode every image."""
        with open_packed(file, limits) as archive:
            found = find_images(archive)
            check_classes(found)
            side = int((limits.content_bytes / 2 / 3 / len(found.images)) ** 0.5)
            writer = ImageWriter(content)
            try:
                _decode_all(archive, found, writer, longest=min(max(side, SHORTEST), LONGEST), limits=limits)
            finally:
                writer.close()
        names = found.class_names
        number_of = {name: number for number, name in enumerate(names)}
        writer.finish([number_of[image.label] for image in found.images], names, found.held_out)
        return _reading(found, writer.shapes)

    def load(self, params: ImageFolderParams, *, seed: int) -> LoadedData:
        """Images [N, C, size, size] uint8 in the order of the zip; the seed has no part in it."""
        shelf = ImageShelf(self.content(params.upload))
        channels = _channels(shelf, params)
        held_out = shelf.held_out()
        return LoadedData(
            inputs=torch.from_numpy(shelf.array(params.size, channels=channels, crop=params.fit == "crop")),
            targets=torch.from_numpy(shelf.classes),
            task="classification",
            input_kind="image",
            class_names=tuple(shelf.names),
            value_range=(0.0, 255.0),
            held_out=None if held_out is None else torch.from_numpy(held_out),
            is_mapped=True,
        )

    def size(self, params: ImageFolderParams) -> DataSize:
        """They lie on the disk, a byte a number.

        Raises:
            SpecError: They would take more of the disk than they may.
        """
        shelf = ImageShelf(self.content(params.upload))
        num_images, numbers = len(shelf.classes), _channels(shelf, params) * params.size**2
        size, most = num_images * numbers, Limits().content_bytes
        if size > most:
            message = f"{num_images} images of that size are {size / 1e6:.4g} MB; {most / 1e6:.4g} are the most."
            raise wrong("size", message, hint="Take a smaller size.", got=str(params.size))
        return DataSize(samples=num_images, numbers=numbers, bytes_each=1, is_mapped=True)


def _channels(shelf: ImageShelf, params: ImageFolderParams) -> int:
    wants_colour = shelf.has_colour if params.colour == "auto" else params.colour == "colour"
    return 3 if wants_colour else 1


def _decode_all(archive: zipfile.ZipFile, found: Found, writer: ImageWriter, *, longest: int, limits: Limits) -> None:
    num_pixels = 0
    for image in found.images:
        name = shown(image.entry.filename)
        pixels, own = decode(read_entry(archive, image.entry), name, longest=longest, limits=limits)
        num_pixels += own
        if num_pixels > limits.all_pixels:
            text = f"All images together have more than {limits.all_pixels / 1e6:.4g} million pixels."
            raise Unreadable(text, code="too_large", hint="Make them smaller, or bring fewer.")
        writer.add(pixels)


def _reading(found: Found, shapes: list[tuple[int, ...]]) -> Reading:
    sizes = {shape[:2] for shape in shapes}
    side = next(iter(sizes))[0]
    keeps_size = sizes == {(side, side)} and 8 <= side <= _LARGEST_UNASKED
    counts = Counter(image.label for image in found.images)
    colour = "colour" if any(shape[2] == 3 for shape in shapes) else "grey"
    return Reading(
        params={"size": side if keeps_size else _USUAL_SIZE},
        summary=f"{count(len(shapes))} images in {colour}, {len(counts)} classes",
        class_counts={name: counts[name] for name in found.class_names},
        notes=_notes(found, sizes),
    )


def _sizes_told(sizes: set[tuple[int, ...]]) -> str:
    """Height and width of all images."""
    if len(sizes) > 1:
        return "The images are of different sizes."
    height, width = next(iter(sizes))
    return f"All images are kept with {width} × {height} pixels."


def _notes(found: Found, sizes: set[tuple[int, ...]]) -> list[str]:
    notes = [_sizes_told(sizes)]
    held_out = found.held_out
    if held_out is not None:
        lie, are = ("image lies", "is") if sum(held_out) == 1 else ("images lie", "are")
        notes.append(f"{sum(held_out)} {lie} in a folder of test images and {are} held out for validation.")
    if found.num_loose:
        notes.append(f"Images that lie in no folder were left out: {found.num_loose}.")
    if found.num_others:
        notes.append(f"Files that are no PNG, JPEG or WebP were left out: {found.num_others}.")
    return notes
