"""MNIST and Fashion-MNIST, from the IDX files that their authors published."""

from pathlib import Path
from typing import Any, ClassVar

from layerlab.datasets.original_images import Bytes, OriginalImages, guarded, wrong_file
from layerlab.originals.idx import count_idx, read_idx
from layerlab.originals.places import find_part
from layerlab.originals.sets import FASHION_MNIST, MNIST

SIDE = 28


class FromIdx(OriginalImages):
    """Grey images of 28×28 pixels in IDX files."""

    def files_of(self, root: Path, part: str) -> list[Path]:
        """Those of the images and of the classes."""
        files = find_part(root, self.original, part)
        assert files is not None, "only parts that are there are read"
        return files

    def num_samples(self, root: Path, part: str) -> int:
        """As the head of the file of images announces."""
        of_images, _ = self.files_of(root, part)
        return guarded(of_images, count_idx, of_images, (SIDE, SIDE))

    def read_parts(self, root: Path, parts: tuple[str, ...]) -> list[tuple[Bytes, Bytes]]:
        """Images [N, 1, 28, 28] and classes [N] of each part."""
        return [self._read_part(*self.files_of(root, part)) for part in parts]

    def _read_part(self, of_images: Path, of_classes: Path) -> tuple[Bytes, Bytes]:
        images = guarded(of_images, read_idx, of_images, (SIDE, SIDE))
        classes = guarded(of_classes, read_idx, of_classes, ())
        if len(images) != len(classes):
            said = f"has {len(classes)} classes for the {len(images)} images of {of_images.name}"
            raise wrong_file(of_classes, ValueError(said))
        if classes.max() >= len(self.class_names):
            raise wrong_file(of_classes, ValueError(f"names the class {classes.max()}, and classes are 0 to 9"))
        return images[:, None], classes


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
