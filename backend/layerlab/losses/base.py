"""What a loss is: which data it fits, what the network must give for it, its value, and the answer it implies."""

from abc import abstractmethod
from typing import Any, ClassVar, Generic, Literal, TypeVar

import torch
from layerlab_schemas.catalog import Family
from torch import Tensor

from layerlab.params import Params
from layerlab.registry import Kind

P = TypeVar("P", bound=Params)
Task = Literal["classification", "regression"]


class LossKind(Kind, Generic[P]):
    """One loss. Values are means over the batch (and over the targets of a sample)."""

    family = Family.LOSS
    group = "Losses"
    tasks: ClassVar[tuple[Task, ...]]
    """The tasks it can train."""
    title_of_loss: ClassVar[str]
    """Words for the axis of a curve, with the unit where it has one."""

    def facts(self) -> dict[str, Any]:
        """Tells the browser which data it fits and how its axis is called."""
        return {"tasks": list(self.tasks), "axis": self.title_of_loss} | self.details

    def refuses(self, num_classes: int) -> str | None:
        """Why data of so many classes (0: numbers) does not fit, as a full sentence; None when it does."""
        return None

    @abstractmethod
    def output_shape(self, num_classes: int, target_shape: tuple[int, ...]) -> tuple[int, ...]:
        """What the last node must give for one sample."""

    @abstractmethod
    def value(self, params: P, output: Tensor, targets: Tensor) -> Tensor:
        """The mean loss of a batch, a scalar. ``output`` [N, …], ``targets`` [N] class numbers or [N, T] numbers."""

    @abstractmethod
    def predicted(self, output_nk: Tensor) -> Tensor:
        """[N] class numbers that the output stands for."""


def one_hot(classes_n: Tensor, num_classes: int, like: Tensor) -> Tensor:
    """[N, K] of 0 and 1 in the type of ``like``."""
    columns_k = torch.arange(num_classes, device=classes_n.device)
    return (classes_n[:, None] == columns_k).to(like.dtype)
