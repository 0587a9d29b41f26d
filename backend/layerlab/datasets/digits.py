"""Real handwritten digits, bundled with scikit-learn."""

from typing import Any, ClassVar

from layerlab.datasets.base import DatasetKind, LoadedData
from layerlab.datasets.bundled import read_bundled
from layerlab.registry import Params


class DigitsParams(Params):
    """No fields: the set is what it is."""


class Digits(DatasetKind):
    """1 797 digits by 43 people, 8×8 pixels of 0…16 (how many of 4×4 finer pixels had ink)."""

    kind = "digits"
    title = "Digits"
    help = "1 797 real handwritten digits, 8×8 grey pixels, ten classes."
    source = "UCI ML hand-written digits (Alpaydin, Kaynak 1998), as bundled with scikit-learn"
    licence = "CC BY 4.0 (UCI Machine Learning Repository)"
    group = "Images"
    task = "classification"
    input_kind = "image"
    Params = DigitsParams
    example: ClassVar[dict[str, Any]] = {"dataset": "digits"}
    details: ClassVar[dict[str, Any]] = {"classes": 10, "samples": 1797, "shape": [1, 8, 8]}

    def load(self, params: DigitsParams, *, seed: int) -> LoadedData:
        """All of them in the order of the file, [1797, 1, 8, 8] of 0…16; the seed has no part in it."""
        table = read_bundled("digits.csv.gz")
        return LoadedData(
            inputs=table[:, :-1].reshape(-1, 1, 8, 8).contiguous(),
            targets=table[:, -1].long(),
            task="classification",
            input_kind="image",
            value_range=(0.0, 16.0),
            class_names=tuple(str(digit) for digit in range(10)),
        )
