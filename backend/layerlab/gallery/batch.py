"""The first batch of a run, as stored and as the network reads it."""

from collections.abc import Sequence

from layerlab_schemas.frames import Frame
from layerlab_schemas.problems import Severity
from layerlab_schemas.server import AugmentBatchRequest
from torch import Tensor

from layerlab.errors import SpecError
from layerlab.gallery.pictures import check_pictures, frame, item, label_of, told_shares
from layerlab.training.augmenting import Share, change, find_augment
from layerlab.training.batches import Batch, Batches
from layerlab.training.data import TrainingData, prepare
from layerlab.training.sampler import Sampler

MOST_SHOWN = 32


def first_batch(request: AugmentBatchRequest) -> Frame:
    """Items ``stored``, ``augmented`` (left out where nothing augments) and ``read``, of at most 32 samples.

    What is read is what the first update of a run with this data and seed trains on, bit for bit on the CPU: it is
    made by the same code, and the whole batch is, however few of it are shown. An optimizer that takes all samples in
    each step takes them in order instead.

    Raises:
        SpecError: The data have no pixels, or something of them is wrong.
    """
    data = prepare(request.data, None, request.seed)
    check_pictures(data)
    chosen, problems = find_augment(request.data.augment, data.facts)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise SpecError(problems)
    samples_b = _dealt_first(request, data)
    batch = Batches(data, seed=request.seed, augment=chosen).make(samples_b, epoch=0, position=0)
    raw = data.train_raw[samples_b]
    changed = change(chosen, raw, value_range=data.value_range, seed=request.seed, at=(0, 0)) if chosen else None
    return _framed(batch, raw, changed.inputs if changed else None, data)


def _dealt_first(request: AugmentBatchRequest, data: TrainingData) -> Tensor:
    """[B] places in the training part of the samples of the first update."""
    sampler = Sampler(
        num_samples=data.num_train,
        batch_size=request.data.batch_size,
        shuffle=request.data.shuffle,
        seed=request.seed,
        drop_single=False,
    )
    return sampler.upcoming()


def _framed(batch: Batch, raw: Tensor, augmented: Tensor | None, data: TrainingData) -> Frame:
    """The first samples of the batch, each with its label; where samples were mixed, with all labels it has then."""
    own = [label_of(target, data.facts) for target in batch.targets]
    mixed = [_shared(own, batch.shares, n) for n in range(min(MOST_SHOWN, len(batch)))]
    low, high = data.value_range
    items = [item("stored", raw[:MOST_SHOWN], own[:MOST_SHOWN], low=low, high=high, total=len(batch))]
    if augmented is not None:
        items.append(item("augmented", augmented[:MOST_SHOWN], mixed, low=low, high=high, total=len(batch)))
    read = batch.inputs[:MOST_SHOWN]
    least, most = (float(end) for end in read.aminmax())
    items.append(item("read", read, mixed, low=least, high=most, signed=least < 0, total=len(batch)))
    return frame("augment_batch", items, part="train", num_samples=len(batch))


def _shared(own: Sequence[str], shares: Sequence[Share], n: int) -> str:
    """``70 % O + 30 % Q`` for a sample with two labels; equal ones are told as one."""
    weights: dict[str, float] = {}
    for share in shares:
        label = own[int(share.partner_b[n])]
        weights[label] = weights.get(label, 0.0) + float(share.weight_b[n])
    return told_shares(weights) if shares else own[n]
