"""A look at the data as it is before preprocessing."""

from layerlab_schemas.server import DatasetPreview, PreviewRequest, PreviewSample
from torch import Tensor

from layerlab.training.data import TrainingData, prepare

MOST_POINTS = 1000
MOST_SAMPLES = 200


def preview(request: PreviewRequest) -> DatasetPreview:
    """Samples with raw values and labels, of the training and of the validation part.

    Of points in the plane all are given, up to 1 000 of each part; of other data ``num_samples`` of each part, taken
    from the classes in turn. ``index`` is the place in that part, so a validation index names the sample that the
    pictures in the network show.

    Raises:
        SpecError: The dataset or its fields are wrong.
    """
    data = prepare(request.data, None, request.seed)
    wanted = MOST_POINTS if data.facts.input_kind == "points" else min(request.num_samples, MOST_SAMPLES)
    names = data.facts.class_names
    return DatasetPreview(
        data=data.facts,
        class_counts=_class_counts(data, names),
        samples=_samples(data.train_raw, data.train_targets, wanted, names),
        validation=_samples(data.validation_raw, data.validation_targets, wanted, names),
    )


def _class_counts(data: TrainingData, names: list[str]) -> dict[str, int]:
    """Samples of each class in both parts together; empty for numbers."""
    if not names:
        return {}
    counts = data.train_targets.bincount(minlength=len(names))
    counts = counts + data.validation_targets.bincount(minlength=len(names))
    return dict(zip(names, counts.tolist(), strict=True))


def _samples(raw: Tensor, targets: Tensor, wanted: int, names: list[str]) -> list[PreviewSample]:
    return [
        PreviewSample(index=index, label=_label(targets[index], names), values=raw[index].tolist())
        for index in varied(targets, wanted)
    ]


def _label(target: Tensor, names: list[str]) -> str:
    return names[int(target)] if names else ", ".join(f"{value:.3g}" for value in target.tolist())


def varied(targets: Tensor, wanted: int) -> list[int]:
    """Places of ``wanted`` samples: the first of each class, then the second of each, and so on; numbers in order."""
    if wanted >= len(targets) or targets.is_floating_point():
        return list(range(min(wanted, len(targets))))
    seen: dict[int, int] = {}
    turn: list[tuple[int, int, int]] = []
    for index, number in enumerate(targets.tolist()):
        turn.append((seen.get(number, 0), number, index))
        seen[number] = seen.get(number, 0) + 1
    return [index for _, _, index in sorted(turn)[:wanted]]
