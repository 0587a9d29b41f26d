"""What a loss is: which data it fits, what the network must give for it, its value, and the answer it implies."""

from abc import abstractmethod
from typing import Any, ClassVar, Generic, Literal, TypeVar

import torch
from layerlab_schemas.catalog import Family
from torch import Tensor

from layerlab.params import Params
from layerlab.registry import Kind

P = TypeVar("P", bound=Params)
#: The target of a step that asks for no answer, such as padding. PyTorch's own ``ignore_index``.
NO_ANSWER = -100
Task = Literal["classification", "regression"]


class LossKind(Kind, Generic[P]):
    """One loss. Values are means over the batch (and over the targets of a sample).

    A kind knows samples with one answer each. Where a sequence has an answer at each step ([N, T] class numbers),
    ``batch_value``, ``answers`` and ``answer_shape`` treat each step as a sample of its own and leave out those
    without an answer, so they are what training and evaluation call.
    """

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
        """What the last node must give for one answer."""

    @abstractmethod
    def value(self, params: P, output: Tensor, targets: Tensor) -> Tensor:
        """The mean loss of a batch, a scalar. ``output`` [N, …], ``targets`` [N] class numbers or [N, T] numbers."""

    @abstractmethod
    def predicted(self, output_nk: Tensor) -> Tensor:
        """[N] class numbers that the output stands for."""

    def batch_value(self, params: P, output: Tensor, targets: Tensor) -> Tensor:
        """The mean loss of a batch over all answers, a scalar; of [N, T] class numbers over the steps that have one."""
        if has_steps(targets):
            output, targets = output.flatten(0, 1), targets.flatten()
            wanted = targets != NO_ANSWER
            if not wanted.all():
                output, targets = output[wanted], targets[wanted]
        return self.value(params, output, targets)

    def each(self, params: P, output: Tensor, targets: Tensor) -> Tensor:
        """[N] the loss of each sample by itself; of a sequence the mean over its steps, NaN where it asks for none."""
        steps = has_steps(targets)
        flat, asked = (output.flatten(0, 1), targets.flatten()) if steps else (output, targets)
        wanted = torch.ones(len(asked), dtype=torch.bool, device=asked.device) if not steps else asked != NO_ANSWER
        # A batch of one at a time: whatever the loss sums over, its mean is then over a single sample.
        one = torch.vmap(lambda given, target: self.value(params, given[None], target[None]))
        found = one(flat[wanted], asked[wanted])
        if not steps:
            return found
        totals_nt = found.new_zeros(len(asked)).masked_scatter(wanted, found).reshape(targets.shape)
        return totals_nt.sum(1) / (targets != NO_ANSWER).sum(1)

    def answers(self, output: Tensor, targets: Tensor) -> Tensor:
        """Class numbers that the output stands for, in the shape of ``targets``: [N] or [N, T]."""
        if not has_steps(targets):
            return self.predicted(output)
        return self.predicted(output.flatten(0, 1)).reshape(targets.shape)

    def answer_shape(self, num_classes: int, target_shape: tuple[int, ...]) -> tuple[int, ...]:
        """What the last node must give for one sample: [T, K] where classes are asked for at each of T steps."""
        if num_classes and target_shape:
            return (*target_shape, *self.output_shape(num_classes, ()))
        return self.output_shape(num_classes, target_shape)


def has_steps(targets: Tensor) -> bool:
    """True for class numbers at each step, [N, T]."""
    return targets.dim() == 2 and not targets.is_floating_point()


def num_answers(targets: Tensor) -> int:
    """Over how many answers the loss of these targets is a mean: steps that have one, or samples."""
    return int((targets != NO_ANSWER).sum()) if has_steps(targets) else targets.shape[0]


def one_hot(classes_n: Tensor, num_classes: int, like: Tensor) -> Tensor:
    """[N, K] of 0 and 1 in the type of ``like``."""
    columns_k = torch.arange(num_classes, device=classes_n.device)
    return (classes_n[:, None] == columns_k).to(like.dtype)
