"""Small files in the formats of the well-known sets, with contents that a test can foretell."""

import gzip
import io
import tarfile
from pathlib import Path

import numpy as np

#: How many samples the small sets have.
NUM_TRAIN, NUM_TEST = 60, 30


def idx(array: np.ndarray) -> bytes:
    """The array as an IDX file of unsigned bytes, written by the description of the format."""
    head = bytes([0, 0, 8, array.ndim]) + b"".join(int(size).to_bytes(4, "big") for size in array.shape)
    return head + array.astype(np.uint8).tobytes()


def grey_images(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 28, 28), np.uint8)


def classes_of(count: int) -> np.ndarray:
    return (np.arange(count) % 10).astype(np.uint8)


def cifar_rows(count: int, seed: int = 0) -> np.ndarray:
    """[count, 3073]: class, then the picture."""
    rows = np.random.default_rng(seed).integers(0, 256, (count, 3073), np.uint8)
    rows[:, 0] = classes_of(count)
    return rows


def write_idx_set(folder: Path, *, parts: tuple[str, ...] = ("train", "t10k"), seed: int = 0) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for part, count in (("train", NUM_TRAIN), ("t10k", NUM_TEST)):
        if part in parts:
            images = gzip.compress(idx(grey_images(count, seed)), 1)
            (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(images)
            (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(classes_of(count)), 1))


def cifar_members() -> dict[str, bytes]:
    """The six batches, of 10 pictures each."""
    names = [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]
    return {name: cifar_rows(10, seed).tobytes() for seed, name in enumerate(names)}


def archive(members: dict[str, bytes], folder: str = "cifar-10-batches-bin/") -> bytes:
    """A packed tar archive."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz", compresslevel=1) as tar:
        for name, data in members.items():
            entry = tarfile.TarInfo(folder + name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return written.getvalue()


def write_originals(root: Path) -> None:
    """All of the sets, small."""
    write_idx_set(root / "mnist")
    write_idx_set(root / "fashion_mnist", seed=1)
    (root / "cifar10").mkdir(parents=True)
    (root / "cifar10" / "cifar-10-binary.tar.gz").write_bytes(archive(cifar_members()))
