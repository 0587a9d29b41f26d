"""The well-known sets whose original files are read: names, sizes and checksums as they are published."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class OriginalFile:
    """A file as it is published.

    Attributes:
        name: Of the file.
        size: Bytes.
        checksum: ``md5:…`` or ``sha256:…``, in hexadecimal digits.
    """

    name: str
    size: int
    checksum: str


@dataclass(frozen=True, kw_only=True)
class OriginalSet:
    """A set and its files.

    Attributes:
        dataset: Name of the dataset that reads it.
        title: Its name for people.
        folders: Where its files may lie in the folder of original files; the first is where they are fetched to.
        files: All of them.
        parts: Of ``train`` and ``test``: the files that hold it.
        address: The folder on the web that they are fetched from.
        lies_flat: Whether its files may also lie in the folder of original files itself. Not those that are called
            like another set's.
    """

    dataset: str
    title: str
    folders: tuple[str, ...]
    files: tuple[OriginalFile, ...]
    parts: Mapping[str, tuple[str, ...]]
    address: str
    lies_flat: bool = True

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


_IDX_NAMES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)
_IDX_PARTS = {"train": _IDX_NAMES[:2], "test": _IDX_NAMES[2:]}


def _idx_files(sizes: tuple[int, ...], digests: tuple[str, ...]) -> tuple[OriginalFile, ...]:
    return tuple(
        OriginalFile(name=name, size=size, checksum=f"md5:{digest}")
        for name, size, digest in zip(_IDX_NAMES, sizes, digests, strict=True)
    )


MNIST = OriginalSet(
    dataset="mnist",
    title="MNIST",
    folders=("mnist", "MNIST/raw", "MNIST"),
    files=_idx_files(
        (9_912_422, 28_881, 1_648_877, 4_542),
        (
            "f68b3c2dcbeaaa9fbdd348bbdeb94873",
            "d53e105ee54ea40749a09fcbcd1e9432",
            "9fb629c4189551a2d022fa330f9573f3",
            "ec29112dd5afa0611ce80d1b7f02629c",
        ),
    ),
    parts=_IDX_PARTS,
    address="https://ossci-datasets.s3.amazonaws.com/mnist",
)
FASHION_MNIST = OriginalSet(
    dataset="fashion_mnist",
    title="Fashion-MNIST",
    folders=("fashion_mnist", "fashion-mnist", "FashionMNIST/raw", "FashionMNIST"),
    files=_idx_files(
        (26_421_880, 29_515, 4_422_102, 5_148),
        (
            "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "25c81989df183df01b3e8a0aad5dffbe",
            "bef4ecab320f06d8554ea6380940ec79",
            "bb300cfdad3c16e7a12a480ee83cd310",
        ),
    ),
    parts=_IDX_PARTS,
    address="https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
    lies_flat=False,
)
CIFAR10 = OriginalSet(
    dataset="cifar10",
    title="CIFAR-10",
    folders=("cifar10", "cifar10/cifar-10-batches-bin", "cifar-10-batches-bin"),
    files=(
        OriginalFile(
            name="cifar-10-binary.tar.gz",
            size=170_052_171,
            checksum="sha256:c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        ),
    ),
    parts={"train": tuple(f"data_batch_{number}.bin" for number in range(1, 6)), "test": ("test_batch.bin",)},
    address="https://www.cs.toronto.edu/~kriz",
)
ORIGINALS = (MNIST, FASHION_MNIST, CIFAR10)
