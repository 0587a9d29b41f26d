"""Real handwritten digits, bundled with scikit-learn."""

import gzip
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch

from layerlab.datasets.base import DatasetKind, LoadedData
from layerlab.registry import Params


class DigitsParams(Params):
    """No fields: the set is what it is."""


class Digits(DatasetKind):
    """1 797 digits by 43 people, 8×8 pixels of 0…16 (how many of 4×4 finer pixels had ink)."""

    kind = "digits"
    title = "Digits"
    help = "1 797 real handwritten digits, 8×8 grey pixels, ten classes."
    source = "UCI ML hand-written digits (Alpaydin, Kaynak 1998), as bundled with scikit-learn"
    group = "Images"
    task = "classification"
    input_kind = "image"
    Params = DigitsParams
    example: ClassVar[dict[str, Any]] = {"dataset": "digits"}
    details: ClassVar[dict[str, Any]] = {"classes": 10, "samples": 1797, "shape": [1, 8, 8]}

    def load(self, params: DigitsParams, *, seed: int) -> LoadedData:
        """All of them in the order of the file, [1797, 1, 8, 8] of 0…16; the seed has no part in it."""
        with gzip.open(_file(), "rt") as lines:
            table = np.loadtxt(lines, delimiter=",", dtype=np.float32)
        return LoadedData(
            inputs=torch.from_numpy(table[:, :-1].copy()).reshape(-1, 1, 8, 8),
            targets=torch.from_numpy(table[:, -1].astype(np.int64)),
            task="classification",
            input_kind="image",
            class_names=tuple(str(digit) for digit in range(10)),
        )


def _file() -> Path:
    """The bundled file. Read directly, because importing scikit-learn costs a second and starts threads."""
    found = find_spec("sklearn")
    assert found is not None, "scikit-learn is one of our dependencies"
    assert found.submodule_search_locations, "scikit-learn is a package"
    return Path(found.submodule_search_locations[0]) / "datasets" / "data" / "digits.csv.gz"
