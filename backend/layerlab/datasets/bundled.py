"""The small real datasets that come with scikit-learn, read as the files they are."""

import gzip
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor


def read_bundled(name: str, *, delimiter: str | None = ",", skip: int = 0) -> Tensor:
    """The table [rows, columns] float32 in the file ``name``, a CSV, packed or not.

    Read directly, because importing scikit-learn costs a second and starts threads.
    """
    found = find_spec("sklearn")
    assert found is not None, "scikit-learn is one of our dependencies"
    assert found.submodule_search_locations, "scikit-learn is a package"
    path = Path(found.submodule_search_locations[0]) / "datasets" / "data" / name
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        return torch.from_numpy(np.loadtxt(islice(lines, skip, None), delimiter=delimiter, dtype=np.float32))
