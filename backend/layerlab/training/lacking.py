"""What was learnt for a table that lacks something, and of numbers as targets, in the words of the wire."""

from collections.abc import Sequence

from layerlab_schemas.server import FittedNumbers
from torch import Tensor

from layerlab.training.filled import FilledPreprocessing
from layerlab.training.gaps import Gaps
from layerlab.training.training_data import TrainingData


def gap_title(gaps: Gaps) -> tuple[str, str]:
    """What the step does, and its formula."""
    what = []
    if gaps.is_lacking.any():
        what.append(f"Missing values: {gaps.fills} (of categories the most frequent) of the training part")
    if not gaps.is_seen.all():
        what.append("Categories that the training part lacks: 0")
    formula = r"x \leftarrow \operatorname{" + str(gaps.fills) + r"}_{\text{train}}\text{ where missing}"
    return ". ".join(what), formula if gaps.is_lacking.any() else r"x \leftarrow 0 \text{ where unseen}"


def gap_numbers(data: TrainingData, names: Sequence[str]) -> list[FittedNumbers]:
    """What stands in the place of a missing value, and which categories were never seen; only of the columns told."""
    preprocessing = data.preprocessing
    if not isinstance(preprocessing, FilledPreprocessing):
        return []
    gaps = preprocessing.gaps
    found = []
    if gaps.is_lacking.any():
        found.append(_some("put where missing", gaps.is_lacking, gaps.fill, names))
    if not gaps.is_seen.all():
        found.append(_some("category not in the training part", gaps.is_seen == 0, gaps.is_seen, names))
    return [one for one in found if one.names]


def _some(name: str, wanted_f: Tensor, values_f: Tensor, names: Sequence[str]) -> FittedNumbers:
    places = [place for place in wanted_f.nonzero().flatten().tolist() if place < len(names)]
    return FittedNumbers(
        name=name, names=[names[place] for place in places], values=[float(values_f[place]) for place in places]
    )


def target_numbers(data: TrainingData) -> list[FittedNumbers]:
    """Mean and standard deviation by which numbers as targets were standardised."""
    scale = data.target_scale
    if scale is None:
        return []
    names = ["target"] if len(scale.mean) == 1 else [f"target {number}" for number in range(1, len(scale.mean) + 1)]
    parts = (("mean", scale.mean), ("standard deviation", scale.deviation))
    return [FittedNumbers(name=name, names=names, values=part.tolist()) for name, part in parts]
