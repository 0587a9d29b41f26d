"""The batch that step 1 of a run trains on, before there is a run."""

from dataclasses import dataclass

from layerlab_schemas.problems import Severity
from layerlab_schemas.run import DataSpec
from torch import Tensor

from layerlab.errors import SpecError
from layerlab.training.augmenting import find_augment
from layerlab.training.batches import Batch, Batches
from layerlab.training.data import TrainingData, prepare
from layerlab.training.sampler import Sampler


@dataclass(frozen=True, kw_only=True, eq=False)
class FirstBatch:
    """The first batch, as stored and as read.

    Attributes:
        places: [B] places in the training part.
        raw: [B, …] the samples as they are stored.
        batch: What the network reads.
        data: All of the data.
    """

    places: Tensor
    raw: Tensor
    batch: Batch
    data: TrainingData

    @property
    def shown(self) -> Tensor:
        """[B, …] what the network reads, as raw values: only augmented, without preprocessing."""
        return self.data.preprocessing.undo(self.batch.inputs)


def first_batch(spec: DataSpec, *, seed: int) -> FirstBatch:
    """What step 1 of a run with this data and seed trains on, on the CPU.

    Raises:
        SpecError: The data or an augmentation is not right.
    """
    data = prepare(spec, None, seed)
    augment, problems = find_augment(spec.augment, data.facts)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise SpecError(problems)
    sampler = Sampler(
        num_samples=data.num_train, batch_size=spec.batch_size, shuffle=spec.shuffle, seed=seed, drop_single=False
    )
    places_b = sampler.next_batch()
    batch = Batches(data, seed=seed, augment=augment).make(places_b, epoch=0, position=0)
    return FirstBatch(places=places_b, raw=data.train_raw.index_select(0, places_b), batch=batch, data=data)
