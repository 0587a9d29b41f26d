"""Preprocessing step by step: what was learnt from the training part, and what each step makes of samples."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

import torch
from layerlab_schemas.server import FeatureStatistics, FittedNumbers, Preparation, PreparationStage, PreviewSample
from torch import Tensor

from layerlab.training.filled import FilledPreprocessing
from layerlab.training.lacking import gap_numbers, gap_title, target_numbers
from layerlab.training.preprocess import MOST_WHITENED, Method, Preprocessing, whitened_axes
from layerlab.training.sample_values import values_of
from layerlab.training.statistics import statistics
from layerlab.training.training_data import TrainingData

#: Numbers that statistics are made of at each stage, in all samples together.
MOST_NUMBERS = 4_000_000
MOST_MEASURED = 10_000
#: Samples that are shown, and numbers of them in all.
MOST_SHOWN = 12
MOST_SHOWN_NUMBERS = 40_000
#: Eigenvalues of larger matrices take too long to wait for.
MOST_EIGENVALUES = 800
#: An eigenvalue below this share of the largest is one of rounding.
ROUNDING = 1e-9

StageName = Literal["raw", "filled", "shifted", "scaled", "whitened"]
_PICTURES = ("image", "video")


class Stage(NamedTuple):
    """The training samples after one step, [N, …]."""

    name: StageName
    title: str
    formula: str
    values: Tensor


def preparation(data: TrainingData, method: Method) -> Preparation | None:
    """Each step of preprocessing as the run does it; None for tokens, which stay as they are."""
    if data.facts.input_is_index:
        return None
    size = max(1, data.train_raw[0].numel())
    measured = data.train_raw[: min(MOST_MEASURED, max(1, MOST_NUMBERS // size))]
    is_picture = data.facts.input_kind in _PICTURES
    stages = [_told(stage, data, size) for stage in stages_of(method, data.preprocessing, measured, is_picture)]
    names = [one.name for one in stages[0].statistics]
    return Preparation(
        num_fitted=min(data.num_train, MOST_WHITENED) if method == "whiten" else data.num_train,
        num_measured=len(measured),
        fitted=[*gap_numbers(data, names), *_fitted(method, data, names), *target_numbers(data)],
        stages=stages,
    )


def stages_of(method: Method, preprocessing: Preprocessing, raw: Tensor, is_picture: bool) -> list[Stage]:
    """The steps one after another, the last of them as the network reads it.

    Args:
        method: Which preprocessing.
        preprocessing: As it was fitted.
        raw: [N, …] as stored.
        is_picture: Whether the numbers are pixels of channels.
    """
    each = "channel" if is_picture else "column"
    found = [Stage("raw", "As stored", "x", raw.float())]
    values = raw.float()
    if isinstance(preprocessing, FilledPreprocessing):
        values = preprocessing.gaps.filled(values)
        found.append(Stage("filled", *gap_title(preprocessing.gaps), values))
    if method == "none":
        return found
    shifted = values - preprocessing.shift
    found.append(Stage("shifted", *_SHIFTS[method](each, is_picture), shifted))
    if method in _SCALES:
        title, formula = _SCALES[method]
        found.append(Stage("scaled", title.format(each=each), formula, preprocessing.apply(raw)))
    if method == "whiten":
        title, formula = "No two numbers correlated, each of variance 1", r"\Sigma^{-1/2} (x - \bar x)"
        found.append(Stage("whitened", title, formula, preprocessing.apply(raw)))
    return found


def _mean_of_all(each: str, is_picture: bool) -> tuple[str, str]:
    return ("Mean image taken off" if is_picture else f"Mean of each {each} taken off"), r"x - \bar x"


def _mean_of_each(each: str, is_picture: bool) -> tuple[str, str]:
    return f"Mean of each {each} taken off", r"x - \mu"


def _least_of_each(each: str, is_picture: bool) -> tuple[str, str]:
    return f"Least value of each {each} taken off", r"x - \min x"


_SHIFTS: dict[Method, Callable[[str, bool], tuple[str, str]]] = {
    "mean_image": _mean_of_all,
    "whiten": _mean_of_all,
    "channel_mean": _mean_of_each,
    "standardize": _mean_of_each,
    "min_max": _least_of_each,
}
_SCALES = {
    "standardize": ("Divided by the standard deviation of each {each}", r"\dfrac{x - \mu}{\sigma}"),
    "min_max": ("Divided by the range of each {each}", r"\dfrac{x - \min x}{\max x - \min x}"),
}


def _told(stage: Stage, data: TrainingData, size: int) -> PreparationStage:
    values = stage.values
    shown = values[: min(MOST_SHOWN, max(1, MOST_SHOWN_NUMBERS // size))]
    there = shown[shown.isfinite()]
    low, high = there.aminmax() if there.numel() else (0.0, 0.0)
    return PreparationStage(
        name=stage.name,
        title=stage.title,
        formula=stage.formula,
        samples=[PreviewSample(index=index, values=values_of(sample)) for index, sample in enumerate(shown)],
        low=float(low),
        high=float(high),
        statistics=_statistics(values, data),
        condition=condition(values),
    )


def _statistics(values: Tensor, data: TrainingData) -> list[FeatureStatistics]:
    return statistics(replace(data, train_raw=values, train_targets=data.train_targets[: len(values)]))


def condition(values: Tensor) -> float | None:
    """Largest over smallest eigenvalue of E[xxᵀ] over these samples [N, …]; of sequences, over their steps.

    It is the condition number of the Hessian of a linear model with squared error: the larger, the smaller the steps
    that descent may take along some directions for the sake of others. None where some direction never varies, or where
    there are too many numbers, or where some are missing.
    """
    axes = whitened_axes(values.ndim)
    num = values[0].numel() if len(axes) == 1 else values[0, 0].numel()
    if num > MOST_EIGENVALUES:
        return None
    rows = values.reshape(-1, num).double()
    if rows.isnan().any():
        return None
    eigenvalues = torch.linalg.eigvalsh(rows.T @ rows / len(rows))
    least, most = float(eigenvalues[0]), float(eigenvalues[-1])
    return most / least if least > ROUNDING * most else None


def _fitted(method: Method, data: TrainingData, names: Sequence[str]) -> list[FittedNumbers]:
    """The numbers that were learnt, in the order in which they are used."""
    words = _WORDS.get(method, ())
    parts = (data.preprocessing.shift, data.preprocessing.scale)
    found = [_numbers(name, part, names) for name, part in zip(words, parts, strict=False)]
    matrix = data.preprocessing.matrix
    if matrix is not None and data.facts.input_kind == "image":
        found.append(_filter(matrix, data))
    return found


_WORDS: dict[Method, tuple[str, ...]] = {
    "mean_image": ("mean",),
    "channel_mean": ("mean",),
    "standardize": ("mean", "standard deviation"),
    "min_max": ("least value", "range"),
    "whiten": ("mean",),
}


def _numbers(name: str, part: Tensor, names: Sequence[str]) -> FittedNumbers:
    """A number for each column or channel; whatever has more is an image."""
    if part.numel() == len(names):
        return FittedNumbers(name=name, names=list(names), values=part.flatten().tolist())
    return FittedNumbers(name=name, values=part.tolist())


def _filter(matrix: Tensor, data: TrainingData) -> FittedNumbers:
    """What the middle pixel of the first channel is made of."""
    _, height, width = shape = data.facts.input_shape
    middle = (height // 2) * width + width // 2
    return FittedNumbers(name="whitening filter of the middle pixel", values=matrix[middle].reshape(*shape).tolist())
