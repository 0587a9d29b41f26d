"""MNIST and Fashion-MNIST, from the IDX files that their authors published."""

from pathlib import Path
from typing import Any, ClassVar

from layerlab.datasets.original_images import Bytes, OriginalImages, unreadable, wrong_file
from layerlab.originals.idx import read_idx
from layerlab.originals.places import find_part
from layerlab.originals.sets import FASHION_MNIST, MNIST

SIDE = 28


class FromIdx(OriginalImages):
    """Grey images of 28×28 pixels in IDX files."""

    def read_parts(self, root: Path, parts: tuple[str, ...]) -> list[tuple[Bytes, Bytes]]:
        """Images [N, 1, 28, 28] and classes [N] of each part."""
        return [self._read_part(root, part) for part in parts]

    def _read_part(self, root: Path, part: str) -> tuple[Bytes, Bytes]:
        files = find_part(root, self.original, part)
        assert files is not None, "only parts that are there are read"
        of_images, of_classes = files
        images, classes = _read(of_images, (SIDE, SIDE)), _read(of_classes, ())
        if len(images) != len(classes):
            said = f"has {len(classes)} classes for the {len(images)} images of {of_images.name}"
            raise wrong_file(of_classes, ValueError(said))
        if classes.max() >= len(self.class_names):
            raise wrong_file(of_classes, ValueError(f"names the class {classes.max()}, and classes are 0 to 9"))
        return images[:, None], classes


def _read(path: Path, shape: tuple[int, ...]) -> Bytes:
    try:
        return read_idx(path, shape)
    except ValueError as error:
        raise wrong_file(path, error) from None
    except OSError as error:
        raise unreadable(path, error) from None


class Mnist(FromIdx):
    """70 000 digits written by employees and pupils, 60 000 of them to train on. The set that everyone knows."""

    kind = "mnist"
    title = MNIST.title
    help = "70 000 handwritten digits, 28×28 grey pixels: 60 000 to train on and 10 000 to test with."
    source = (
        "Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits (1998), "
        "from NIST Special Databases 1 and 3"
    )
    licence = "CC BY-SA 3.0 (Y. LeCun, C. Cortes)"
    example: ClassVar[dict[str, Any]] = {"dataset": "mnist", "params": {"samples": 2000}}
    details: ClassVar[dict[str, Any]] = {"classes": 10, "samples": 70_000, "shape": [1, 28, 28]}
    original = MNIST
    class_names = tuple(str(digit) for digit in range(10))


class FashionMnist(FromIdx):
    """70 000 pictures of clothes in the files and sizes of MNIST, but harder: shirts look like coats."""

    kind = "fashion_mnist"
    title = FASHION_MNIST.title
    help = "70 000 pictures of clothes, 28×28 grey pixels, made to replace MNIST where that is too easy."
    source = "H. Xiao, K. Rasul, R. Vollgraf, Fashion-MNIST (2017), arXiv:1708.07747"
    licence = "MIT (Zalando SE)"
    example: ClassVar[dict[str, Any]] = {"dataset": "fashion_mnist", "params": {"samples": 2000}}
    details: ClassVar[dict[str, Any]] = {"classes": 10, "samples": 70_000, "shape": [1, 28, 28]}
    original = FASHION_MNIST
    class_names = (
        "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
    )  # fmt: skip
