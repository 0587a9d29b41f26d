"""The samples of a run as a file, for a script whose data no rule draws."""

import io

import numpy as np
from layerlab_schemas.problems import Problem
from layerlab_schemas.run import RunSpec

from layerlab import datasets
from layerlab.errors import SpecError
from layerlab.registry import read_params
from layerlab.seeding import derive

LARGEST_BYTES = 200 * 1024 * 1024


def samples(spec: RunSpec) -> bytes:
    """An ``.npz`` with the raw ``inputs`` and ``targets``, before any split and preprocessing.

    Raises:
        UnknownKind: There is no such dataset.
        SpecError: Its fields are wrong, or the file would be too large.
    """
    kind = datasets.REGISTRY.get(spec.data.dataset)
    params = read_params(kind, dict(spec.data.params), path="data.params")
    loaded = kind.load(params, seed=derive(spec.training.seed, "data"))
    size = loaded.inputs.nbytes + loaded.targets.nbytes
    if size > LARGEST_BYTES:
        message = f"The samples are {size / 1e6:.0f} MB, too much for one file."
        raise SpecError([Problem(code="too_large", path="data.params", message=message, hint="Take fewer samples.")])
    file = io.BytesIO()
    np.savez_compressed(file, inputs=loaded.inputs.numpy(), targets=loaded.targets.numpy())
    return file.getvalue()
