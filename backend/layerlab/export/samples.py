"""The samples of a run as a file, for a script whose data no rule draws."""

import io
from typing import Any

import numpy as np
import torch
from layerlab_schemas.problems import Problem
from layerlab_schemas.run import RunSpec
from torch import Tensor

from layerlab import datasets
from layerlab.datasets.own_table import Csv
from layerlab.errors import SpecError
from layerlab.registry import read_params
from layerlab.seeding import derive

LARGEST_BYTES = 200 * 1024 * 1024


def samples(spec: RunSpec) -> bytes:
    """An ``.npz`` with the raw ``inputs`` and ``targets``, before any split and preprocessing.

    Where the set has them, also which samples are ``held_out``, ``validation_inputs``, and of a table [start, stop) of
    the inputs that are ``one_hot`` codes.

    Raises:
        UnknownKind: There is no such dataset.
        SpecError: Its fields are wrong, or the file would be too large.
    """
    kind = datasets.REGISTRY.get(spec.data.dataset)
    params = read_params(kind, dict(spec.data.params), path="data.params")
    loaded = kind.load(params, seed=derive(spec.training.seed, "data"))
    everything = {name: getattr(loaded, name) for name in ("inputs", "targets", "held_out", "validation_inputs")}
    parts: dict[str, Tensor] = {name: part for name, part in everything.items() if part is not None}
    if isinstance(kind, Csv):
        parts["one_hot"] = torch.tensor(loaded.one_hot, dtype=torch.int64).reshape(-1, 2)
    size = sum(part.nbytes for part in parts.values())
    if size > LARGEST_BYTES:
        message = f"The samples are {size / 1e6:.0f} MB, too much for one file."
        raise SpecError([Problem(code="too_large", path="data.params", message=message, hint="Take fewer samples.")])
    file = io.BytesIO()
    arrays: dict[str, Any] = {name: part.numpy() for name, part in parts.items()}
    np.savez_compressed(file, **arrays)
    return file.getvalue()
