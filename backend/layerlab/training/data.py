"""The data of a run: loaded, split, preprocessed, and told in the words of the wire."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import torch
from layerlab_schemas.graph import CheckedData
from layerlab_schemas.problems import Problem
from layerlab_schemas.run import DataSpec
from torch import Tensor

from layerlab import datasets
from layerlab.datasets.base import LoadedData
from layerlab.errors import SpecError, UnknownKind
from layerlab.losses.base import LossKind
from layerlab.registry import read_params
from layerlab.seeding import derive, generator
from layerlab.training.preprocess import Method, Preprocessing, fit
from layerlab.training.split import split

#: Inputs that are made of pixels.
PICTURES = ("image", "video")


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingData:
    """Samples for training and for validation, preprocessed.

    Attributes:
        train_inputs: [N, …] float32, or int64 tokens.
        train_targets: [N] int64 class numbers, [N, T] where each step has an answer, or [N, …] float32. Of a network
            that gives back its input: the inputs themselves.
        validation_inputs: [M, …]; M may be 0.
        validation_targets: [M] or [M, …].
        facts: What the check and the browser are told.
        preprocessing: From raw values to inputs; its ``undo`` gives raw values back, up to rounding.
        train_raw: The training inputs before preprocessing.
        validation_raw: The validation inputs before preprocessing.
        value_range: Least and greatest value of a pixel; of data without pixels 0 and 1.
        gives_back: The targets are the inputs.
        memory_format: How the inputs lie in memory.
    """

    train_inputs: Tensor
    train_targets: Tensor
    validation_inputs: Tensor
    validation_targets: Tensor
    facts: CheckedData
    preprocessing: Preprocessing
    train_raw: Tensor
    validation_raw: Tensor
    value_range: tuple[float, float] = (0.0, 1.0)
    gives_back: bool = False
    memory_format: torch.memory_format = torch.contiguous_format

    @property
    def num_train(self) -> int:
        """Samples for training."""
        return len(self.train_targets)

    @property
    def num_validation(self) -> int:
        """Samples for validation; may be 0."""
        return len(self.validation_targets)

    def told(self, facts: CheckedData) -> "TrainingData":
        """The same samples with other facts."""
        return replace(self, facts=facts)


def prepare(data: DataSpec, loss: LossKind[Any] | None, seed: int) -> TrainingData:
    """The data that a spec asks for. Kept in the process, so asking again costs nothing.

    Args:
        data: The data part of a spec.
        loss: Says what the last node must give; None takes the one for the task.
        seed: The run's; the draw of the samples and the split depend on it.

    Raises:
        SpecError: No such dataset, wrong fields, or a loss that does not fit; one problem for each.
    """
    prepared = _prepared(
        _kind_name(data.dataset), _frozen(data), data.validation_fraction, data.preprocess, data.subset, seed
    )
    if data.target == "input":
        prepared = _as_autoencoder(prepared)
    return prepared.told(facts_for(prepared.facts, prepared.train_targets, loss)) if loss else prepared


def facts_for(facts: CheckedData, targets: Tensor, loss: LossKind[Any]) -> CheckedData:
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
    return replace(
        data,
        train_targets=data.train_inputs,
        validation_targets=data.validation_inputs,
        gives_back=True,
        facts=facts.model_copy(update=told),
    )


def _kind_name(dataset: str) -> str:
    try:
        return datasets.REGISTRY.get(dataset).kind
    except UnknownKind as error:
        problem = Problem(code=error.code, path="data.dataset", message=error.message, got=dataset, hint=error.hint)
        raise SpecError([problem]) from None


def _frozen(data: DataSpec) -> str:
    """The dataset's own fields as text that is the same for the same fields, defaults filled in."""
    kind = datasets.REGISTRY.get(data.dataset)
    return json.dumps(read_params(kind, dict(data.params), path="data.params").model_dump(), sort_keys=True)


@lru_cache(maxsize=8)
def _loaded(dataset: str, params: str, seed: int) -> LoadedData:
    kind = datasets.REGISTRY.get(dataset)
    fields: Mapping[str, Any] = json.loads(params)
    return kind.load(kind.Params.model_validate(fields), seed=derive(seed, "data"))


@lru_cache(maxsize=8)
def _prepared(
    dataset: str, params: str, fraction: float, method: Method, subset: int | None, seed: int
) -> TrainingData:
    loaded = _loaded(dataset, params, seed)
    train_n, validation_m = split(loaded.targets, fraction, generator=generator(seed, "split"))
    train_n = train_n[:subset]
    train_raw, validation_raw = loaded.inputs[train_n], loaded.inputs[validation_m]
    preprocessing = fit(method, train_raw)
    return TrainingData(
        train_inputs=preprocessing.apply(train_raw),
        train_targets=loaded.targets[train_n],
        validation_inputs=preprocessing.apply(validation_raw),
        validation_targets=loaded.targets[validation_m],
        facts=_facts(dataset, loaded, len(train_n), len(validation_m)),
        preprocessing=preprocessing,
        train_raw=train_raw,
        validation_raw=validation_raw,
        value_range=_value_range(loaded, train_raw),
    )


def _value_range(loaded: LoadedData, train_raw: Tensor) -> tuple[float, float]:
    """What the set says of its pixels; where it says nothing, what the training part has."""
    if loaded.value_range is not None:
        return loaded.value_range
    if loaded.input_kind not in PICTURES:
        return 0.0, 1.0
    if train_raw.dtype == torch.uint8:
        return 0.0, 255.0
    low, high = (float(end) for end in train_raw.aminmax())
    return (low, high) if high > low else (low, low + 1.0)


def _facts(dataset: str, loaded: LoadedData, num_train: int, num_validation: int) -> CheckedData:
    sample_shape = list(loaded.inputs.shape[1:])
    answer_shape = list(loaded.targets.shape[1:])
    return CheckedData(
        dataset=dataset,
        title=datasets.REGISTRY.get(dataset).title,
        task=loaded.task,
        input_kind=loaded.input_kind,
        input_shape=sample_shape[1:] if loaded.has_decoder_input else sample_shape,
        input_is_index=not loaded.inputs.is_floating_point(),
        num_tokens=loaded.num_tokens,
        padding_token=loaded.padding_token,
        has_decoder_input=loaded.has_decoder_input,
        output_shape=[*answer_shape, len(loaded.class_names)] if loaded.class_names else answer_shape,
        class_names=list(loaded.class_names),
        vocabulary=list(loaded.vocabulary),
        feature_names=list(loaded.feature_names),
        num_train=num_train,
        num_validation=num_validation,
        value_range=list(loaded.value_range) if loaded.value_range else None,
    )
