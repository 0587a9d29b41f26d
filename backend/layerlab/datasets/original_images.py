"""Image sets that are read from their original files."""

from abc import abstractmethod
from collections.abc import Callable
from math import prod
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar

import numpy as np
import torch
from layerlab_schemas.base import PositiveCount
from layerlab_schemas.problems import Problem
from numpy.typing import NDArray
from pydantic import Field

from layerlab.datasets.base import DatasetKind, DataSize, LoadedData
from layerlab.errors import SpecError
from layerlab.originals.places import parts_there
from layerlab.originals.sets import OriginalSet
from layerlab.registry import Params
from layerlab.shelf import originals_dir

Bytes = NDArray[np.uint8]
R = TypeVar("R")
_WORDS = {"train": "training", "test": "test"}


class OriginalParams(Params):
    """Which of the set's own parts, and how much of them."""

    part: Literal["auto", "both", "train", "test"] = Field(
        default="auto",
        description="both: the set's training part to train on and its test part for validation; train, test: that "
        "part alone, split by chance; auto: both, or the one whose files are there.",
    )
    samples: PositiveCount | None = Field(
        default=None, description="Only the first so many of each part, in the order of the file. Empty: all."
    )


class OriginalImages(DatasetKind):
    """Images of a well-known set, uint8 as they are stored, its own test part held out."""

    group = "Images"
    task = "classification"
    input_kind = "image"
    Params: ClassVar[type[Params]] = OriginalParams
    original: ClassVar[OriginalSet]
    class_names: ClassVar[tuple[str, ...]]

    @abstractmethod
    def read_parts(self, root: Path, parts: tuple[str, ...]) -> list[tuple[Bytes, Bytes]]:
        """Images [N, C, H, W] and classes [N] of each of these parts, which are there: ``train``, ``test``.

        Raises:
            SpecError: One of its files is not what it should be.
        """

    @abstractmethod
    def num_samples(self, root: Path, part: str) -> int:
        """How many samples a part has, from the sizes and heads of its files alone."""

    @abstractmethod
    def files_of(self, root: Path, part: str) -> list[Path]:
        """The files that a part is read from."""

    def size(self, params: OriginalParams) -> DataSize:
        """As many bytes as there are pixels.

        Raises:
            SpecError: The files are not there, or one of them has no right head.
        """
        root, parts = chosen_parts(self.original, params.part)
        counts = [self.num_samples(root, part) for part in parts]
        most = max(counts) if params.samples is None else params.samples
        numbers = prod(self.details["shape"])
        return DataSize(samples=sum(min(most, count) for count in counts), numbers=numbers, bytes_each=1)

    def stamp(self, params: OriginalParams) -> str:
        """Which files are read, how long they are and when they were written.

        Raises:
            SpecError: They are not there.
        """
        root, parts = chosen_parts(self.original, params.part)
        states = {path: path.stat() for part in parts for path in self.files_of(root, part)}
        return " ".join(f"{path}:{state.st_size}:{state.st_mtime_ns}" for path, state in states.items())

    def load(self, params: OriginalParams, *, seed: int) -> LoadedData:
        """Images [N, C, H, W] uint8 of 0…255, training part first, in the order of the files; no chance in it.

        Raises:
            SpecError: The files are not there, or one of them is not what it should be.
        """
        root, parts = chosen_parts(self.original, params.part)
        read = self.read_parts(root, parts)
        images, classes = (np.concatenate([both[which][: params.samples] for both in read]) for which in (0, 1))
        num_first = len(read[0][1][: params.samples])
        return LoadedData(
            inputs=torch.from_numpy(images),
            targets=torch.from_numpy(classes).long(),
            task="classification",
            input_kind="image",
            class_names=self.class_names,
            value_range=(0.0, 255.0),
            held_out=torch.arange(len(classes)) >= num_first if len(parts) == 2 else None,
        )

    def facts(self) -> dict[str, Any]:
        """Beside the usual: that its files must be there first."""
        return {**super().facts(), "needs_files": True}


def chosen_parts(original: OriginalSet, part: str) -> tuple[Path, tuple[str, ...]]:
    """The folder of original files, and which parts of a set are read.

    Raises:
        SpecError: They are not there.
    """
    root = originals_dir()
    if root is None:
        raise _refusal(
            "files_missing", f"{original.title} is read from files, and no folder for them is set.",
            "Start the server with layerlab serve, or set LAYERLAB_ORIGINALS_DIR to the folder that holds them.",
        )  # fmt: skip
    there = parts_there(root, original)
    if not there:
        names = ", ".join(file.name for file in original.files)
        raise _refusal(
            "files_missing", f"The files of {original.title} are not there.",
            f"Fetch them in the data room, or put {names} into {root / original.folders[0]}.",
        )  # fmt: skip
    if part == "auto":
        return root, there
    wanted = tuple(original.parts) if part == "both" else (part,)
    lacking = [one for one in wanted if one not in there]
    if lacking:
        message = f"The {_WORDS[lacking[0]]} part of {original.title} is not there."
        hint = f"Fetch its files, put them into {root / original.folders[0]}, or set part to {there[0]}."
        raise _refusal("files_missing", message, hint, field="part")
    return root, wanted


def guarded(path: Path, read: Callable[..., R], *arguments: Any) -> R:
    """What ``read`` gives; what it says of the file becomes a problem.

    Raises:
        SpecError: The file is not what it should be, or cannot be read.
    """
    try:
        return read(*arguments)
    except ValueError as error:
        raise wrong_file(path, error) from None
    except OSError as error:
        message = f"{path.name} cannot be read: {error.strerror or type(error).__name__}."
        raise _refusal("wrong_file", message, f"Check the rights of {path}.") from None


def wrong_file(path: Path, error: ValueError) -> SpecError:
    """What is wrong with a file, from an error whose words end a sentence."""
    hint = f"Delete {path} and fetch it again, or put the published file there."
    return _refusal("wrong_file", f"{path.name} {error}.", hint)


def _refusal(code: str, message: str, hint: str, *, field: str | None = None) -> SpecError:
    path = f"data.params.{field}" if field else "data.dataset"
    return SpecError([Problem(code=code, path=path, field=field or "dataset", message=message, hint=hint)])
