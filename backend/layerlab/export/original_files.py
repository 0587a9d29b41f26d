"""Sets that are read from their original files, as code: the same readers, and where to put the files."""

from layerlab.datasets.cifar10 import Cifar10
from layerlab.datasets.mnist import SIDE
from layerlab.datasets.original_images import OriginalImages, OriginalParams, chosen_parts
from layerlab.export.transplant import Transplant
from layerlab.originals.places import find_archive, find_part


def write_original(kind: OriginalImages, params: OriginalParams, needed: Transplant) -> None:
    """The function ``load``; ``needed`` gets what it is made of.

    Raises:
        SpecError: The files are not there, so nobody knows which parts are read.
    """
    needed.imports |= {"from pathlib import Path", "import numpy as np", "import torch"}
    original = kind.original
    where = f"the files of {original.title}, from {original.address}"
    needed.definitions["FOLDER"] = f'FOLDER = Path("{original.folders[0]}")  # {where}'
    write = _cifar if isinstance(kind, Cifar10) else _idx
    needed.definitions["load"] = "\n".join(write(kind, params, needed))


def _head(kind: OriginalImages, parts: tuple[str, ...]) -> list[str]:
    words = {"train": "training", "test": "test"}
    which = " and ".join(words[part] for part in parts)
    return [
        "def load(*, seed: int) -> tuple[Tensor, Tensor]:",
        f'    """The {which} part of {kind.original.title}, in the order of the files; the seed has no part in it."""',
    ]


def _idx(kind: OriginalImages, params: OriginalParams, needed: Transplant) -> list[str]:
    root, parts = chosen_parts(kind.original, params.part)
    needed.function("layerlab.originals.idx", "read_idx")
    files = [find_part(root, kind.original, part) or [] for part in parts]
    images, classes = ([paths[which].name for paths in files] for which in (0, 1))
    return [
        *_head(kind, parts),
        f"    images = [read_idx(FOLDER / name, ({SIDE}, {SIDE})){_first(params)} for name in {images!r}]",
        f"    classes = [read_idx(FOLDER / name, ()){_first(params)} for name in {classes!r}]",
        "    inputs = torch.from_numpy(np.concatenate(images))[:, None]",
        "    return inputs, torch.from_numpy(np.concatenate(classes)).long()",
    ]


def _cifar(kind: OriginalImages, params: OriginalParams, needed: Transplant) -> list[str]:
    root, parts = chosen_parts(kind.original, params.part)
    names = [list(kind.original.parts[part]) for part in parts]
    archive = find_archive(root, kind.original)
    if archive is None or all(find_part(root, kind.original, part) for part in parts):
        needed.function("layerlab.originals.cifar_binary", "read_batch")
        read = [f"    batches = {{name: read_batch(FOLDER / name) for names in {names!r} for name in names}}"]
    else:
        needed.function("layerlab.originals.cifar_binary", "read_archive")
        every = tuple(name for each in names for name in each)
        read = [f"    batches = read_archive(FOLDER / {archive.name!r}, {every!r})"]
    return [
        *_head(kind, parts),
        *read,
        f"    parts = [np.concatenate([batches[name] for name in names]){_first(params)} for names in {names!r}]",
        "    rows = np.concatenate(parts)",
        "    return torch.from_numpy(rows[:, 1:].reshape(-1, 3, 32, 32)), torch.from_numpy(rows[:, 0]).long()",
    ]


def _first(params: OriginalParams) -> str:
    return "" if params.samples is None else f"[:{params.samples}]"
