"""What a run learns from: samples for training and for validation."""

from dataclasses import dataclass, replace

import torch
from layerlab_schemas.graph import CheckedData
from torch import Tensor

from layerlab.datasets.rows import Samples
from layerlab.training.preprocess import Preprocessing
from layerlab.training.target_scale import TargetScale


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainingData:
    """Samples for training and for validation, preprocessed. Those that are many are read as they are asked for.

    Attributes:
        train_inputs: [N, …] float32, or int64 tokens.
        train_targets: [N] int64 class numbers, [N, T] where each step has an answer, or [N, …] float32. Of a network
            that gives back its input: the inputs themselves.
        validation_inputs: [M, …]; M may be 0.
        validation_targets: [M] or [M, …].
        facts: What the check and the browser are told.
        preprocessing: From raw values to inputs; its ``undo`` gives raw values back, up to rounding.
        train_raw: The training inputs before preprocessing, as they are stored.
        validation_raw: The validation inputs before preprocessing.
        value_range: Least and greatest value of a pixel; of data without pixels 0 and 1.
        is_repeat_n: [N] True for a training sample that stood before; None where each stands once.
        gives_back: The targets are the inputs.
        target_scale: How numbers as targets were standardised; None where they are as they are stored.
        memory_format: How the inputs lie in memory where the network is evaluated.
    """

    train_inputs: Samples
    train_targets: Tensor
    validation_inputs: Samples
    validation_targets: Tensor
    facts: CheckedData
    preprocessing: Preprocessing
    train_raw: Samples
    validation_raw: Samples
    value_range: tuple[float, float] = (0.0, 1.0)
    is_repeat_n: Tensor | None = None
    gives_back: bool = False
    target_scale: TargetScale | None = None
    memory_format: torch.memory_format = torch.contiguous_format

    @property
    def num_train(self) -> int:
        """Samples for training."""
        return len(self.train_targets)

    @property
    def num_validation(self) -> int:
        """Samples for validation; may be 0."""
        return len(self.validation_targets)

    def told(self, facts: CheckedData) -> "TrainingData":
        """The same samples with other facts."""
        return replace(self, facts=facts)
