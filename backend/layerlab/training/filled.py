"""Preprocessing of a table with gaps: they are filled before anything else is done."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from layerlab.training.gaps import Gaps
from layerlab.training.preprocess import Preprocessing


@dataclass(frozen=True, kw_only=True)
class FilledPreprocessing(Preprocessing):
    """What ``Preprocessing`` does, behind the filling of gaps. ``undo`` gives what was filled in, for gaps are gone."""

    gaps: Gaps

    def apply(self, raw: Tensor) -> Tensor:
        """Raw values [N, F], NaN where one is missing, as the network reads them."""
        return super().apply(self.gaps.filled(raw.float()))

    def to(self, device: torch.device) -> "FilledPreprocessing":
        """The same, for values on this device."""
        gaps = replace(self.gaps, fill=self.gaps.fill.to(device), is_seen=self.gaps.is_seen.to(device))
        return with_gaps(super().to(device), gaps)


def with_gaps(plain: Preprocessing, gaps: Gaps) -> FilledPreprocessing:
    """Preprocessing that was fitted on filled samples, for samples that are not."""
    return FilledPreprocessing(
        shift=plain.shift, scale=plain.scale, matrix=plain.matrix, inverse=plain.inverse, gaps=gaps
    )
