"""Numbers as targets, standardised by those of the training part."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class TargetScale:
    """``(target − mean) / deviation``, each [K] in double precision.

    Attributes:
        mean: Over the training part.
        deviation: The standard deviation there; 1 where all are the same.
    """

    mean: Tensor
    deviation: Tensor

    def apply(self, targets: Tensor) -> Tensor:
        """Targets [N, K] as the network learns them, float32."""
        return ((targets.double() - self.mean) / self.deviation).float()


def fit_targets(train_targets: Tensor) -> TargetScale:
    """The scale of these targets [N, K]."""
    values = train_targets.double()
    deviation = values.std(0, correction=0)
    return TargetScale(values.mean(0), torch.where(deviation > 0, deviation, torch.ones_like(deviation)))
