"""A look at the data as it is before preprocessing."""

from layerlab_schemas.graph import CheckedData
from layerlab_schemas.problems import Problem
from layerlab_schemas.server import DatasetPreview, PreviewRequest, PreviewSample
from torch import Tensor

from layerlab.datasets.rows import Samples
from layerlab.errors import SpecError
from layerlab.graph.spelling import spell_answers, spell_tokens
from layerlab.losses.base import NO_ANSWER, has_steps
from layerlab.training.data import prepare
from layerlab.training.statistics import statistics
from layerlab.training.training_data import TrainingData

MOST_POINTS = 1000
MOST_SAMPLES = 200
#: A target of more numbers is not spelt out.
MOST_NUMBERS = 4


def preview(request: PreviewRequest) -> DatasetPreview:
    """Samples with raw values and labels, of the training and of the validation part.

    Of points in the plane all are given, up to 1 000 of each part; of other data ``num_samples`` of each part, taken
    from the classes in turn. Where places in a part are asked for, those of the other part are left out. ``index`` is
    the place in that part, so a validation index names the sample that the pictures in the network show.

    Raises:
        SpecError: The dataset or its fields are wrong, or there is no such place.
    """
    data = prepare(request.data, None, request.seed)
    train, validation = _wanted(request, data)
    in_train, in_validation = _counts(data.train_targets, data.facts), _counts(data.validation_targets, data.facts)
    return DatasetPreview(
        data=data.facts,
        class_counts={name: count + in_validation[name] for name, count in in_train.items()},
        train_counts=in_train,
        validation_counts=in_validation,
        statistics=statistics(data),
        samples=_samples(data.train_raw, data.train_targets, train, data.facts),
        validation=_samples(data.validation_raw, data.validation_targets, validation, data.facts),
    )


def _wanted(request: PreviewRequest, data: TrainingData) -> tuple[list[int], list[int]]:
    """Places in the training part and in the validation part."""
    if request.indices:
        return _asked(request, data)
    num = MOST_POINTS if data.facts.input_kind == "points" else min(request.num_samples, MOST_SAMPLES)
    train = varied(data.train_targets, num) if request.part != "validation" else []
    return train, varied(data.validation_targets, num) if request.part != "train" else []


def _asked(request: PreviewRequest, data: TrainingData) -> tuple[list[int], list[int]]:
    """The places that were asked for, as they were asked for."""
    if request.part is None:
        raise _refusal("part", "Places are places in a part, and none is given.", "Set part to train or validation.")
    num = data.num_train if request.part == "train" else data.num_validation
    beyond = [index for index in request.indices if index >= num]
    if beyond:
        text = f"There is no sample {beyond[0]} in the {request.part} part, which has {num}, counted from 0."
        raise _refusal("indices", text, f"Ask for places below {num}." if num else "Set validation_fraction above 0.")
    return (request.indices, []) if request.part == "train" else ([], request.indices)


def _refusal(field: str, message: str, hint: str) -> SpecError:
    return SpecError([Problem(code="no_such_sample", path=field, field=field, message=message, hint=hint)])


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
            index=index, label=_label(targets[index], data), text=_text(raw[index], data), values=raw[index].tolist()
        )
        for index in places
    ]


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
