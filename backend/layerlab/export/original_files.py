"""Sets that are read from their original files, as code: the same readers, and where to put the files."""

from pathlib import Path

from layerlab.datasets.cifar10 import Cifar10
from layerlab.datasets.mnist import SIDE
from layerlab.datasets.original_images import OriginalImages, OriginalParams, chosen_parts
from layerlab.export.transplant import Transplant
from layerlab.originals.places import find_part

#: What ``load`` gives beside inputs and targets where both parts are read.
_HELD_OUT = ("held_out",)


def write_original(kind: OriginalImages, params: OriginalParams, needed: Transplant) -> tuple[str, ...]:
    """The function ``load``; ``needed`` gets what it is made of. Returns what it gives beside inputs and targets.

    Raises:
        SpecError: The files are not there, so nobody knows which parts are read.
    """
    original = kind.original
    root, parts = chosen_parts(original, params.part)
    needed.imports |= {"from pathlib import Path", "import numpy as np", "import torch", "from torch import Tensor"}
    where = f"the files of {original.title}, from {original.address}"
    needed.definitions["FOLDER"] = f'FOLDER = Path("{original.folders[0]}")  # {where}'
    read = _cifar(kind, root, parts, needed) if isinstance(kind, Cifar10) else _idx(kind, root, parts, needed)
    extras = _HELD_OUT if len(parts) == 2 else ()
    first = "" if params.samples is None else f"[:{params.samples}]"
    needed.definitions["load"] = "\n".join([*_head(kind, parts), *read, *_put_together(first, has_both=bool(extras))])
    return extras


def _head(kind: OriginalImages, parts: tuple[str, ...]) -> list[str]:
    words = {"train": "training", "test": "test"}
    which, given = " and ".join(words[part] for part in parts), ", ".join(["Tensor"] * (1 + len(parts)))
    return [
        f"def load(*, seed: int) -> tuple[{given}]:",
        f'    """The {which} part of {kind.original.title}, in the order of the files; the seed has no part in it."""',
    ]


def _idx(kind: OriginalImages, root: Path, parts: tuple[str, ...], needed: Transplant) -> list[str]:
    """``images`` and ``classes``: a list of arrays, one for each part."""
    needed.function("layerlab.originals.idx", "read_idx")
    files = [kind.files_of(root, part) for part in parts]
    images, classes = ([paths[which].name for paths in files] for which in (0, 1))
    return [
        f"    images = [read_idx(FOLDER / name, ({SIDE}, {SIDE}))[:, None] for name in {images!r}]",
        f"    classes = [read_idx(FOLDER / name, ()) for name in {classes!r}]",
    ]


def _cifar(kind: OriginalImages, root: Path, parts: tuple[str, ...], needed: Transplant) -> list[str]:
    """The same."""
    names = [list(kind.original.parts[part]) for part in parts]
    if all(find_part(root, kind.original, part) for part in parts):
        needed.function("layerlab.originals.cifar_binary", "read_batch")
        rows = "[read_batch(FOLDER / name) for name in names]"
        read = []
    else:
        needed.function("layerlab.originals.cifar_binary", "read_archive")
        every = tuple(name for each in names for name in each)
        rows = "[batches[name] for name in names]"
        read = [f"    batches = read_archive(FOLDER / {kind.original.files[0].name!r}, {every!r})"]
    return [
        *read,
        f"    parts = [np.concatenate({rows}) for names in {names!r}]",
        "    images, classes = [part[:, 1:].reshape(-1, 3, 32, 32) for part in parts], [part[:, 0] for part in parts]",
    ]


def _put_together(first: str, *, has_both: bool) -> list[str]:
    each = f"[part{first} for part in {{}}]" if first else "{}"
    lines = [
        f"    inputs = torch.from_numpy(np.concatenate({each.format('images')}))",
        f"    targets = torch.from_numpy(np.concatenate({each.format('classes')})).long()",
    ]
    if not has_both:
        return [*lines, "    return inputs, targets"]
    held_out = f"torch.arange(len(targets)) >= len(classes[0]{first})"
    return [*lines, f"    return inputs, targets, {held_out}  # the test part is held out for validation"]
