"""From a dataset to the samples of a run: loaded where they fit, split, preprocessed. What was asked for is kept."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod

import torch
from layerlab_schemas.graph import CheckedData, DataMemory
from layerlab_schemas.problems import Problem
from torch import Tensor

from layerlab import datasets
from layerlab.datasets.base import DatasetKind, LoadedData
from layerlab.datasets.rows import Rows, Samples
from layerlab.errors import SpecError
from layerlab.params import Params
from layerlab.seeding import derive, generator
from layerlab.shelf import data_limit
from layerlab.training.filled import with_gaps
from layerlab.training.gaps import Gaps, find_gaps
from layerlab.training.memory import check_memory, plan_memory, size_of
from layerlab.training.oversampling import find_repeats, oversample
from layerlab.training.preprocess import Method, Preprocessing, fit, whitened_axes
from layerlab.training.split import split
from layerlab.training.target_scale import fit_targets
from layerlab.training.training_data import TrainingData

#: Inputs that are made of pixels.
PICTURES = ("image", "video")
#: The matrix of whitening has so many rows and columns at most: more takes too long to find.
MOST_WHITENED_NUMBERS = 1024
#: Sets that are kept ready.
MOST_KEPT = 8


@dataclass(frozen=True, kw_only=True)
class Cut:
    """How samples are split and preprocessed."""

    fraction: float
    seed: int
    stratify: bool
    oversample: bool
    subset: int | None
    method: Method


#: What makes the samples what they are: kind, fields, state of the files, seed; then the cut and the limit.
_Key = tuple[str, str, str, int, Cut, int]
_KEPT: OrderedDict[_Key, TrainingData] = OrderedDict()


def read(kind: DatasetKind, params: Params, cut: Cut, seed: int) -> TrainingData:
    """The samples, kept in the process: the newest sets, as far as they take no more than one run may.

    Raises:
        SpecError: They do not fit into memory, cannot be read or cannot be whitened.
    """
    fields, stamp, limit = params.model_dump_json(), kind.stamp(params), data_limit()
    key = (kind.kind, fields, stamp, seed, cut, limit)
    if key not in _KEPT:
        size = kind.size(params)
        if size is not None:
            check_memory(plan_memory(size, limit), kind.title)
        loaded = _loaded(kind.kind, fields, stamp, seed)
        parts = _divided(kind, loaded, cut)
        size = size_of(loaded)
        num_samples = sum(map(len, parts)) if cut.oversample else size.samples
        outputs = loaded.targets[:1].numel() * max(1, len(loaded.class_names))
        memory = plan_memory(replace(size, samples=num_samples, validated=len(parts[1]), outputs=outputs), limit)
        check_memory(memory, kind.title)
        _KEPT[key] = _prepared(kind, loaded, memory, cut, parts)
    _KEPT.move_to_end(key)
    _drop_old(limit)
    return _KEPT[key]


def _drop_old(limit: int) -> None:
    """The oldest sets go while there are too many, or they take too much together; the newest stays."""
    while len(_KEPT) > 1 and (len(_KEPT) > MOST_KEPT or sum(map(_bytes, _KEPT.values())) > limit):
        _KEPT.popitem(last=False)


def _bytes(data: TrainingData) -> int:
    return data.facts.memory.bytes if data.facts.memory else 0


@lru_cache(maxsize=1)
def _loaded(dataset: str, fields: str, stamp: str, seed: int) -> LoadedData:
    """The newest set, so that another split of it reads nothing again."""
    kind = datasets.REGISTRY.get(dataset)
    return kind.load(kind.Params.model_validate_json(fields), seed=derive(seed, "data"))


def _divided(kind: DatasetKind, loaded: LoadedData, cut: Cut) -> tuple[Tensor, Tensor]:
    """[N] the samples to train on, some of them more than once where asked for, and [M] those for validation."""
    train_n, validation_m = split(
        loaded.targets,
        cut.fraction,
        generator=generator(cut.seed, "split"),
        stratify=cut.stratify,
        held_out=loaded.held_out,
    )
    train_n = train_n[: cut.subset]
    if cut.oversample:
        _check_classes(kind, loaded)
        train_n = oversample(loaded.targets, train_n, generator=generator(cut.seed, "oversample"))
    return train_n, validation_m


def _check_classes(kind: DatasetKind, loaded: LoadedData) -> None:
    """Refuses samples of which not each has one class."""
    if loaded.class_names and loaded.targets.dim() == 1:
        return
    problem = Problem(
        code="nothing_to_balance", path="data.oversample", field="oversample", got="true", expected="false",
        message=f"The samples of {kind.title} have no class each, so there are none to have in equal shares.",
        hint="Set oversample to false, or take a dataset with a class for each sample.",
    )  # fmt: skip
    raise SpecError([problem])


def _prepared(
    kind: DatasetKind, loaded: LoadedData, memory: DataMemory, cut: Cut, parts: tuple[Tensor, Tensor]
) -> TrainingData:
    train_n, validation_m = parts
    keeps_stored = memory.is_streamed or loaded.is_mapped or loaded.inputs.dtype == torch.uint8
    seen_in_validation = loaded.inputs if loaded.validation_inputs is None else loaded.validation_inputs
    train_raw = _part(loaded.inputs, train_n, keeps_stored)
    validation_raw = _part(seen_in_validation, validation_m, keeps_stored)
    if cut.method == "whiten":
        _check_whitening(train_raw, kind.title)
    gaps = _gaps(loaded, train_n)
    preprocessing = fit(cut.method, train_raw if gaps is None else _filled(loaded.inputs, train_n, gaps))
    if gaps is not None:
        preprocessing = with_gaps(preprocessing, gaps)
    scale = fit_targets(loaded.targets[train_n]) if loaded.scales_targets else None
    targets = loaded.targets if scale is None else scale.apply(loaded.targets)
    return TrainingData(
        train_inputs=_ready(loaded.inputs, train_n, preprocessing, train_raw),
        train_targets=targets[train_n],
        validation_inputs=_ready(seen_in_validation, validation_m, preprocessing, validation_raw),
        validation_targets=targets[validation_m],
        facts=_facts(kind, loaded, memory, len(train_n), len(validation_m)),
        preprocessing=preprocessing,
        train_raw=train_raw,
        validation_raw=validation_raw,
        value_range=_value_range(loaded, train_raw),
        is_repeat_n=find_repeats(train_n) if cut.oversample else None,
        target_scale=scale,
    )


def _gaps(loaded: LoadedData, train_n: Tensor) -> Gaps | None:
    """What is done to a table that lacks something."""
    if loaded.fills is None and not loaded.one_hot:
        return None
    return find_gaps(loaded.inputs, train_n, loaded.fills, loaded.one_hot)


def _filled(stored: Tensor, train_n: Tensor, gaps: Gaps) -> Samples:
    """The training samples without gaps, read as they are asked for."""
    return Rows(stored, train_n, made=gaps.filled, dtype=torch.float32)


def _part(stored: Tensor, places_n: Tensor, keeps_stored: bool) -> Samples:
    """The raw samples with these numbers: a copy of few, and many where they are."""
    return Rows(stored, places_n) if keeps_stored else stored[places_n]


def _ready(stored: Tensor, places_n: Tensor, preprocessing: Preprocessing, raw: Samples) -> Samples:
    """The same samples as the network reads them."""
    if isinstance(raw, Tensor):
        return preprocessing.apply_to_all(raw)
    dtype = stored.dtype if stored.dtype == torch.int64 else torch.float32
    return Rows(stored, places_n, made=preprocessing.apply, dtype=dtype)


def _check_whitening(raw: Samples, title: str) -> None:
    """Refuses what has no numbers, or too many for a matrix."""
    numbers = prod(size for axis, size in enumerate(raw.shape) if axis not in whitened_axes(raw.ndim))
    if raw.dtype == torch.int64 or numbers <= MOST_WHITENED_NUMBERS:
        return
    message = f"A sample of {title} has {numbers} numbers, and whiten takes at most {MOST_WHITENED_NUMBERS}."
    problem = Problem(
        code="too_much_to_whiten", path="data.preprocess", field="preprocess", message=message,
        expected=f"at most {MOST_WHITENED_NUMBERS}", got=str(numbers),
        hint="Take smaller images, or standardize.",
    )  # fmt: skip
    raise SpecError([problem])


def _value_range(loaded: LoadedData, train_raw: Samples) -> tuple[float, float]:
    """What the set says of its pixels; where it says nothing, what the training part has."""
    if loaded.value_range is not None:
        return loaded.value_range
    if loaded.input_kind not in PICTURES:
        return 0.0, 1.0
    if not isinstance(train_raw, Tensor):
        return 0.0, 255.0 if train_raw.dtype == torch.uint8 else 1.0
    low, high = (float(end) for end in train_raw.aminmax())
    return (low, high) if high > low else (low, low + 1.0)


def _facts(
    kind: DatasetKind, loaded: LoadedData, memory: DataMemory, num_train: int, num_validation: int
) -> CheckedData:
    sample_shape = list(loaded.inputs.shape[1:])
    answer_shape = list(loaded.targets.shape[1:])
    return CheckedData(
        dataset=kind.kind,
        title=kind.title,
        task=loaded.task,
        input_kind=loaded.input_kind,
        input_shape=sample_shape[1:] if loaded.has_decoder_input else sample_shape,
        input_is_index=loaded.inputs.dtype == torch.int64,
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
        is_held_out=loaded.held_out is not None,
        memory=memory,
    )
