"""The data of a run: loaded, split, preprocessed, and told in the words of the wire."""

from dataclasses import replace
from functools import lru_cache
from typing import Any, cast

from layerlab_schemas.graph import CheckedData
from layerlab_schemas.problems import Problem
from layerlab_schemas.run import DataSpec
from torch import Tensor

from layerlab import datasets
from layerlab.datasets.base import DatasetKind
from layerlab.datasets.rows import Samples
from layerlab.errors import SpecError, UnknownKind
from layerlab.losses.base import LossKind
from layerlab.registry import read_params
from layerlab.training.reading import PICTURES, Cut, read
from layerlab.training.training_data import TrainingData

__all__ = ["PICTURES", "TrainingData", "facts_for", "prepare"]


def prepare(data: DataSpec, loss: LossKind[Any] | None, seed: int) -> TrainingData:
    """The data that a spec asks for. Kept in the process, so asking again costs nothing.

    Args:
        data: The data part of a spec.
        loss: Says what the last node must give; None takes the one for the task.
        seed: The run's; the draw of the samples and the split depend on it.

    Raises:
        SpecError: No such dataset, wrong fields, or a loss that does not fit; one problem for each.
    """
    kind = _kind(data.dataset)
    fields = read_params(kind, dict(data.params), path="data.params")
    prepared = read(kind, fields, _cut(data, seed), seed)
    if data.target == "input":
        prepared = _as_autoencoder(prepared)
    return prepared.told(facts_for(prepared.facts, prepared.train_targets, loss)) if loss else prepared


def facts_for(facts: CheckedData, targets: Samples, loss: LossKind[Any]) -> CheckedData:
    """The same data for another loss: what the last node must give depends on it."""
    shape = loss.answer_shape(len(facts.class_names), tuple(targets.shape[1:]))
    return facts.model_copy(update={"output_shape": list(shape)})


@lru_cache(maxsize=8)
def _as_autoencoder(data: TrainingData) -> TrainingData:
    """The same samples, each its own target.

    Raises:
        SpecError: The inputs are tokens, whose numbers mean nothing.
    """
    facts = data.facts
    if facts.input_is_index:
        message = f"{facts.title} is made of tokens, and a network can give back only numbers."
        hint = "Set target to label, or take a dataset of numbers."
        problem = Problem(
            code="target_does_not_fit", path="data.target", field="target", message=message, got="input", hint=hint
        )
        raise SpecError([problem])
    told = {"task": "regression", "class_names": [], "output_shape": facts.input_shape}
    # Where they are read as they are asked for, so are the targets: whoever takes samples gets tensors either way.
    return replace(
        data,
        train_targets=cast(Tensor, data.train_inputs),
        validation_targets=cast(Tensor, data.validation_inputs),
        gives_back=True,
        target_scale=None,
        facts=facts.model_copy(update=told),
    )


def _kind(dataset: str) -> DatasetKind:
    try:
        return datasets.REGISTRY.get(dataset)
    except UnknownKind as error:
        problem = Problem(code=error.code, path="data.dataset", message=error.message, got=dataset, hint=error.hint)
        raise SpecError([problem]) from None


def _cut(data: DataSpec, seed: int) -> Cut:
    """How the samples are to be split and preprocessed."""
    return Cut(
        fraction=data.validation_fraction,
        seed=seed if data.split_seed is None else data.split_seed,
        stratify=data.stratify,
        oversample=data.oversample,
        subset=data.subset,
        method=data.preprocess,
    )
