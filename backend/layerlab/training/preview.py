"""A look at the data as it is before preprocessing."""

from typing import Any, Literal

from layerlab_schemas.graph import CheckedData
from layerlab_schemas.problems import Problem
from layerlab_schemas.server import DatasetPreview, PreviewRequest, PreviewSample
from torch import Tensor

from layerlab.datasets.rows import Samples
from layerlab.errors import SpecError
from layerlab.figures import counted
from layerlab.graph.spelling import spell_answers, spell_tokens
from layerlab.losses.base import NO_ANSWER, has_steps
from layerlab.training.data import prepare
from layerlab.training.preparation import preparation
from layerlab.training.sample_values import values_of
from layerlab.training.statistics import statistics
from layerlab.training.training_data import TrainingData

MOST_POINTS = 1000
MOST_SAMPLES = 200
#: Numbers of the samples of a part; fewer of large samples, such as clips, are given.
MOST_VALUES = 500_000
#: A target of more numbers is not spelt out.
MOST_NUMBERS = 4


def preview(request: PreviewRequest) -> DatasetPreview:
    """Samples with raw values and labels, of the training and of the validation part.

    Of points in the plane all are given, up to 1 000 of each part; of other data ``num_samples`` of each part, taken
    from the classes in turn. ``index`` is the place in that part, so a validation index names the sample that the
    pictures in the network show.

    With ``indices`` just these of one ``part`` are given, in that order.

    Raises:
        SpecError: The dataset or its fields are wrong, or an index is not in the part.
    """
    data = prepare(request.data, None, request.seed)
    in_validation = _counts(data.validation_targets, data.facts)
    trained_on = _counts(data.train_targets, data.facts)
    repeats_n = data.is_repeat_n
    in_train = trained_on if repeats_n is None else _counts(data.train_targets[~repeats_n], data.facts)
    return DatasetPreview(
        data=data.facts,
        class_counts={name: count + in_validation[name] for name, count in in_train.items()},
        train_counts=in_train,
        oversampled_counts={} if repeats_n is None else trained_on,
        validation_counts=in_validation,
        statistics=statistics(data),
        samples=_samples(data.train_raw, data.train_targets, _places(request, "train", data), data.facts),
        validation=_samples(
            data.validation_raw, data.validation_targets, _places(request, "validation", data), data.facts
        ),
        preparation=preparation(data, request.data.preprocess) if request.with_preparation else None,
    )


def _places(request: PreviewRequest, part: Literal["train", "validation"], data: TrainingData) -> list[int]:
    """Which samples of a part are given."""
    if request.part not in (part, None):
        return []
    targets = data.train_targets if part == "train" else data.validation_targets
    if request.indices:
        _check_indices(request, len(targets))
        return list(request.indices)
    is_points = data.facts.input_kind == "points"
    most = min(MOST_SAMPLES, max(1, MOST_VALUES // max(1, data.train_raw[:1].numel())))
    return varied(targets, MOST_POINTS if is_points else min(request.num_samples, most))


def _check_indices(request: PreviewRequest, num: int) -> None:
    if request.part is None:
        message = "Indices are places in one part of the data."
        problem = Problem(code="part_is_missing", path="part", field="part", message=message, hint="Add the part.")
        raise SpecError([problem])
    largest = max(request.indices)
    if largest >= num:
        message = f"The {request.part} part has {counted(num, 'sample')}."
        expected = f"at most {num - 1}" if num else "none"
        hint = f"Ask for places from 0 to {num - 1}." if num else "Set validation_fraction above 0."
        problem = Problem(
            code="no_such_sample", path="indices", message=message, expected=expected, got=str(largest), hint=hint
        )
        raise SpecError([problem])


def _counts(targets: Tensor, facts: CheckedData) -> dict[str, int]:
    """Answers of each class; empty for numbers."""
    names = facts.class_names
    if not names:
        return {}
    counts = targets[targets != NO_ANSWER].bincount(minlength=len(names))
    return dict(zip(names, counts.tolist(), strict=True))


def _samples(raw: Samples, targets: Tensor, places: list[int], data: CheckedData) -> list[PreviewSample]:
    return [
        PreviewSample(
            index=index, label=_label(targets[index], data), text=_text(raw[index], data), values=_values(raw[index])
        )
        for index in places
    ]


def _values(raw: Tensor) -> list[Any]:
    """The numbers of a sample; pixels to four places, for there are many."""
    return values_of(raw.double().round(decimals=4) if raw.dim() > 2 and raw.is_floating_point() else raw)


def _text(raw: Tensor, data: CheckedData) -> str | None:
    """The tokens as they are written; of data with a decoder input, those of the source."""
    return spell_tokens(raw[0] if data.has_decoder_input else raw, data)


def _label(target: Tensor, data: CheckedData) -> str | None:
    """The answer in words; None where it is the sample itself."""
    if target.dim() == 0:
        return data.class_names[int(target)]
    if data.class_names:
        return spell_answers(target, target != NO_ANSWER, data)
    if target.numel() > MOST_NUMBERS:
        return None
    return ", ".join(f"{value:.3g}" for value in target.flatten().tolist())


def varied(targets: Tensor, wanted: int) -> list[int]:
    """Places of ``wanted`` samples: the first of each class, then the second of each, and so on; others in order."""
    if wanted >= len(targets) or targets.is_floating_point() or has_steps(targets):
        return list(range(min(wanted, len(targets))))
    seen: dict[int, int] = {}
    turn: list[tuple[int, int, int]] = []
    for index, number in enumerate(targets.tolist()):
        turn.append((seen.get(number, 0), number, index))
        seen[number] = seen.get(number, 0) + 1
    return [index for _, _, index in sorted(turn)[:wanted]]
