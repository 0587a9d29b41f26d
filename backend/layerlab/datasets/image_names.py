"""Which images a zip holds, by their names: the folder that one lies in is its class."""

import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from layerlab.datasets.own_file import Unreadable
from layerlab.datasets.packed import shown
from layerlab.datasets.pictures import SUFFIXES

MOST_CLASSES = 1000
_TRAIN, _HELD_OUT = ("train", "training"), ("test", "testing", "val", "valid", "validation")


@dataclass(frozen=True)
class FoundImage:
    """An entry of a zip that is an image by its name."""

    entry: zipfile.ZipInfo
    label: str
    part: str


@dataclass(frozen=True)
class Found:
    """What is in a zip, by its names: images, how many lie in no folder, how many files are none."""

    images: list[FoundImage]
    num_loose: int
    num_others: int

    @property
    def class_names(self) -> list[str]:
        """Names of the folders, sorted."""
        return sorted({image.label for image in self.images})

    @property
    def held_out(self) -> list[bool] | None:
        """Which images lie in a folder of test images; None where they are not divided so."""
        parts = {image.part for image in self.images}
        is_divided = parts <= {*_TRAIN, *_HELD_OUT} and parts & {*_TRAIN} and parts & {*_HELD_OUT}
        return [image.part in _HELD_OUT for image in self.images] if is_divided else None


def find_images(archive: zipfile.ZipFile) -> Found:
    """The images in a zip, by their names, in the order of the zip.

    Raises:
        Unreadable: There is a zip in the zip.
    """
    images: list[FoundImage] = []
    num_loose = num_others = 0
    for entry in archive.infolist():
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if entry.is_dir() or any(part.startswith((".", "__MACOSX")) for part in path.parts) or path.name == "Thumbs.db":
            continue
        if path.suffix.lower() == ".zip":
            text = f"There is a zip in the zip: {shown(entry.filename)}."
            raise Unreadable(text, code="nested_zip", hint="Unpack it, and pack the folders of images themselves.")
        if path.suffix.lower() not in SUFFIXES:
            num_others += 1
        elif len(path.parts) < 2:
            num_loose += 1
        else:
            part = path.parts[-3].lower() if len(path.parts) > 2 else ""
            images.append(FoundImage(entry, path.parts[-2][:100], part))
    return Found(images, num_loose, num_others)


def check_classes(found: Found) -> None:
    """Nothing where there are classes to tell apart.

    Raises:
        Unreadable: There are not, or too many.
    """
    hint = "Pack one folder for each class, such as cats and dogs, with its images in it."
    if not found.images:
        where = "no folder" if found.num_loose else "the zip"
        them = "The only image lies" if found.num_loose == 1 else f"All {found.num_loose} images lie"
        text = f"{them} in {where}." if found.num_loose else "The zip holds no images."
        raise Unreadable(text, code="no_classes", hint=hint)
    names = found.class_names
    if len(names) < 2:
        text = f"All images lie in the folder {shown(names[0])}, so there is nothing to tell apart."
        raise Unreadable(text, code="no_classes", hint=hint)
    if len(names) > MOST_CLASSES:
        text = f"The zip has {len(names)} folders, and {MOST_CLASSES} classes are the most."
        raise Unreadable(text, code="too_many_classes", hint=hint)
