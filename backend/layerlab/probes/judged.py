"""The newest evaluation sample by sample: nothing is run again for those who look at it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from layerlab_schemas.graph import CheckedData
from torch import Tensor

from layerlab.datasets.rows import Samples
from layerlab.losses.base import NO_ANSWER, LossKind, has_steps
from layerlab.params import Params

#: Samples whose least and greatest value are looked for.
MOST_READ = 20_000


@dataclass(frozen=True, kw_only=True, eq=False)
class Judged:
    """What the network gave for the whole validation part in eval mode, on the CPU.

    What follows from it is computed when first asked for, and once for all probes.

    Attributes:
        step: Updates done when it was evaluated.
        outputs: [M, …] what the network gave: scores [M, K] or [M, T, K], or numbers in the shape of the targets.
        targets: [M] or [M, T] class numbers, or [M, …] numbers.
        raw: [M, …] the samples before preprocessing.
        facts: The data in the words of the wire.
        loss: The loss of the run, with its fields.
        loss_params: Its fields.
    """

    step: int
    outputs: Tensor
    targets: Tensor
    raw: Samples
    facts: CheckedData
    loss: LossKind[Any]
    loss_params: Params

    @property
    def has_classes(self) -> bool:
        """False for regression."""
        return bool(self.facts.class_names)

    @cached_property
    def losses(self) -> Tensor:
        """[M] the loss of each sample by itself; not finite where it is not."""
        return self.loss.each(self.loss_params, self.outputs, self.targets)

    @cached_property
    def answers(self) -> Tensor:
        """Class numbers that the outputs stand for, in the shape of the targets."""
        return self.loss.answers(self.outputs, self.targets)

    @cached_property
    def wrong(self) -> Tensor:
        """[M] True where a class is wrong; of sequences, at any step that has an answer."""
        differs = (self.answers != self.targets) & (self.targets != NO_ANSWER)
        return differs.any(1) if has_steps(self.targets) else differs

    @cached_property
    def scored(self) -> tuple[Tensor, Tensor]:
        """Scores [A, K] (or [A, 1]) of all answers that are asked for, and their classes [A]."""
        if not has_steps(self.targets):
            return self.outputs, self.targets
        wanted = self.targets.flatten() != NO_ANSWER
        return self.outputs.flatten(0, 1)[wanted], self.targets.flatten()[wanted]

    @cached_property
    def ends(self) -> tuple[float, float]:
        """Least and greatest value that a pixel can have; of what has no pixels, of the samples before preprocessing.

        0 and 1 where there is none.
        """
        if self.facts.value_range is not None:
            return self.facts.value_range[0], self.facts.value_range[1]
        raw = self.raw[:MOST_READ]
        finite = raw[raw.isfinite()] if raw.is_floating_point() else raw
        if finite.numel() == 0:
            return 0.0, 1.0
        low, high = torch.aminmax(finite)
        return float(low), float(high)
