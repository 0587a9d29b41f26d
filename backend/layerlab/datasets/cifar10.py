"""CIFAR-10, from its binary version."""

from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from layerlab.datasets.original_images import Bytes, OriginalImages, guarded
from layerlab.originals.cifar_binary import MOST_ROWS, ROW, read_archive, read_batch
from layerlab.originals.places import find_archive, find_part
from layerlab.originals.sets import CIFAR10


class Cifar10(OriginalImages):
    """60 000 small photos of ten kinds of animals and vehicles, 50 000 of them to train on."""

    kind = "cifar10"
    title = CIFAR10.title
    help = "60 000 colour photos of 32×32 pixels in ten classes: 50 000 to train on and 10 000 to test with."
    source = "A. Krizhevsky, Learning multiple layers of features from tiny images (2009)"
    licence = "None stated; the authors ask that the report be cited"
    example: ClassVar[dict[str, Any]] = {"dataset": "cifar10", "params": {"samples": 2000}}
    details: ClassVar[dict[str, Any]] = {"classes": 10, "samples": 60_000, "shape": [3, 32, 32]}
    original = CIFAR10
    class_names = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

    def files_of(self, root: Path, part: str) -> list[Path]:
        """The single files where all of them are there, otherwise the archive."""
        files = find_part(root, self.original, part)
        if files is not None:
            return files
        archive = find_archive(root, self.original)
        assert archive is not None, "only parts that are there are read"
        return [archive]

    def num_samples(self, root: Path, part: str) -> int:
        """As many rows as the files have room for; of the archive what is published."""
        files = find_part(root, self.original, part)
        published = len(self.original.parts[part]) * MOST_ROWS
        return published if files is None else sum(path.stat().st_size // ROW for path in files)

    def read_parts(self, root: Path, parts: tuple[str, ...]) -> list[tuple[Bytes, Bytes]]:
        """Images [N, 3, 32, 32] and classes [N] of each part, batch by batch."""
        batches = self._from_files(root, parts) or self._from_archive(root, parts)
        together = [np.concatenate(rows) for rows in batches]
        return [(rows[:, 1:].reshape(-1, 3, 32, 32), rows[:, 0]) for rows in together]

    def _from_files(self, root: Path, parts: tuple[str, ...]) -> list[list[Bytes]] | None:
        """The rows of single files, where they are there: that takes less time than unpacking the archive."""
        found = [find_part(root, self.original, part) for part in parts]
        if None in found:
            return None
        return [[guarded(path, read_batch, path) for path in files] for files in found if files is not None]

    def _from_archive(self, root: Path, parts: tuple[str, ...]) -> list[list[Bytes]]:
        archive = find_archive(root, self.original)
        assert archive is not None, "only parts that are there are read"
        names = [self.original.parts[part] for part in parts]
        found = guarded(archive, read_archive, archive, tuple(name for each in names for name in each))
        return [[found[name] for name in each] for each in names]
