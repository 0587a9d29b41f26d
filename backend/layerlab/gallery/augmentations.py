"""One sample under each augmentation: how much each of them changes, before anything trains."""

from collections.abc import Sequence

import torch
from layerlab_schemas.frames import Frame, ImageGridItem
from layerlab_schemas.graph import CheckedData
from layerlab_schemas.problems import Problem, Severity
from layerlab_schemas.run import KindSpec
from layerlab_schemas.server import AugmentGalleryRequest
from torch import Tensor

from layerlab import augment
from layerlab.augment.base import MixKind
from layerlab.datasets.rows import Samples
from layerlab.errors import SpecError
from layerlab.gallery.pictures import check_pictures, frame, item, label_of, told_shares
from layerlab.seeding import generator
from layerlab.training.augmenting import AugmentChoice, find_augment
from layerlab.training.data import TrainingData, prepare

#: Draws of each augmentation.
VARIANTS = 5


def augmentation_gallery(request: AugmentGalleryRequest) -> Frame:
    """One item an augmentation: the sample as it is, then five draws, each changed whatever the chance ``p``.

    The name of a picture is its label. Where another sample was mixed in, it tells both with their shares; the others
    come from the same part, those next to the sample.

    Raises:
        SpecError: The data have no pixels, there is no such sample, or an augmentation is wrong or cannot change it.
    """
    # The list of the run itself is not looked at: it may be half written while somebody looks at the gallery.
    data = prepare(request.data.model_copy(update={"augment": []}), None, request.seed)
    check_pictures(data)
    raw, targets = _part(data, request)
    chosen = _chosen(request.kinds, data.facts)
    places = [request.index, *_partners(targets, request.index)]
    low, high = data.value_range
    samples = (raw[places].float() - low) / (high - low)
    labels = [label_of(target, data.facts) for target in targets[places]]
    items = [_item(one, samples, labels, request) for one in chosen]
    return frame("augment_gallery", items, part=request.part, num_samples=1)


def _partners(targets: Tensor, index: int) -> list[int]:
    """Places of samples to mix in: the next ones, of other classes where there are any; itself where it is alone."""
    following = [(index + step) % len(targets) for step in range(1, len(targets))]
    others = [place for place in following if not torch.equal(targets[place], targets[index])]
    found = (others or following or [index])[:VARIANTS]
    return (found * VARIANTS)[:VARIANTS]


def _part(data: TrainingData, request: AugmentGalleryRequest) -> tuple[Samples, Tensor]:
    """Raw samples and targets of the part.

    Raises:
        SpecError: It has no such sample.
    """
    is_train = request.part == "train"
    raw = data.train_raw if is_train else data.validation_raw
    if request.index < len(raw):
        return raw, data.train_targets if is_train else data.validation_targets
    message = f"There is no sample {request.index}: the {request.part} part has {len(raw)}, numbered from 0."
    raise SpecError([Problem(code="no_such_sample", path="index", message=message, got=str(request.index))])


def _chosen(kinds: Sequence[KindSpec], facts: CheckedData) -> Sequence[AugmentChoice]:
    """Those asked for, or all that can change such data.

    Raises:
        SpecError: One of those asked for is wrong; paths start with ``kinds``.
    """
    if not kinds:
        fitting = [kind for kind in augment.REGISTRY if facts.input_kind in kind.takes]
        kinds = [KindSpec.model_validate(kind.example) for kind in fitting]
    # One by one: a gallery may show more of those that mix than a run may use.
    found = [find_augment([kind], facts) for kind in kinds]
    problems = [
        problem.model_copy(update={"path": problem.path.replace("data.augment.0", f"kinds.{place}", 1)})
        for place, (_, of_kind) in enumerate(found)
        for problem in of_kind
        if problem.severity is Severity.ERROR
    ]
    if problems:
        raise SpecError(problems)
    return [one for chosen, _ in found for one in chosen]


def _item(
    chosen: AugmentChoice, samples: Tensor, labels: Sequence[str], request: AugmentGalleryRequest
) -> ImageGridItem:
    kind, params = chosen.kind, chosen.params
    chance = generator(request.seed, f"augment gallery {kind.kind} {request.index}")
    repeated = samples[:1].expand(VARIANTS, *samples.shape[1:])
    names = [labels[0]] * VARIANTS
    if isinstance(kind, MixKind):
        changed, share_v = kind.blend(params, repeated, samples[1:], generator=chance)
        names = [_mixed(labels[0], other, share) for other, share in zip(labels[1:], share_v.tolist(), strict=True)]
    else:
        changed = kind.change(params, repeated, generator=chance)
    shown = torch.cat([samples[:1], changed]) * 255
    return item(kind.kind, shown, [labels[0], *names], low=0.0, high=255.0, total=VARIANTS + 1)


def _mixed(own: str, other: str, share: float) -> str:
    return own if own == other else told_shares({own: share, other: 1 - share})
