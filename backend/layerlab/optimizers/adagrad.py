"""Adagrad: divide by all gradients so far."""

from collections.abc import Mapping
from typing import Any, ClassVar

from layerlab_schemas.base import Boolean
from pydantic import Field
from torch import Tensor
from torch.optim import Adagrad as TorchAdagrad
from torch.optim import Optimizer

from layerlab.optimizers.base import (
    DECOUPLED,
    Kept,
    Numbers,
    OptimizerKind,
    OptimizerParams,
    Rate,
    Small,
    one_more,
    plain_gradient,
    with_decay,
)
from layerlab.params import live


class AdagradParams(OptimizerParams):
    """Rate and what makes it fall."""

    lr: Rate = live(0.05, "Learning rate; what is left of it shrinks with every gradient seen.")
    lr_decay: Small = live(0.0, "Lets the rate fall as 1 / (1 + decay · steps) besides.")
    eps: Small = live(1e-10, "Added to the divisor, so that rare gradients do not make huge steps.")
    weight_decay: Small = live(0.0, "Pulls weights to 0, as an L2 penalty of this weight.")
    decoupled_weight_decay: Boolean = live(False, DECOUPLED)
    initial_accumulator_value: Small = Field(
        default=0.0, description="The sum of squares to start from; acts when the optimizer starts."
    )


class Adagrad(OptimizerKind[AdagradParams]):
    """Large steps for rare features, small ones for common ones; they shrink for as long as it runs."""

    kind = "adagrad"
    title = "Adagrad"
    help = "Divides each gradient by the root of the sum of all its squares so far: steps shrink with time."
    formula = r"s \leftarrow s + g^2,\quad w \leftarrow w - \eta\, g / (\sqrt s + \epsilon)"
    source = "Duchi, Hazan, Singer 2011, Adaptive Subgradient Methods; torch.optim.Adagrad"
    Params = AdagradParams
    example: ClassVar[dict[str, Any]] = {"kind": "adagrad", "lr": 0.05}
    fused_on: ClassVar[frozenset[str]] = frozenset({"cpu"})
    is_pure = True

    @property
    def torch_class(self) -> type[Optimizer]:
        """PyTorch's."""
        return TorchAdagrad

    def pure_step(
        self, params: AdagradParams, numbers: Numbers, weight: Tensor, gradient: Tensor, kept: Kept
    ) -> tuple[Tensor, Kept]:
        """The sum of squares starts from its field."""
        gradient, step = with_decay(params, numbers, weight, gradient), one_more(kept, weight)
        before = kept["sum"] if kept else params.initial_accumulator_value
        total = before + gradient * gradient
        rate = numbers["lr"] / (1 + (step.double() - 1) * numbers["lr_decay"])
        return weight - rate * (gradient / (total.sqrt() + numbers["eps"])), {"step": step, "sum": total}

    def last_step(
        self, weight: Tensor, gradient: Tensor | None, group: Mapping[str, Any], state: Mapping[str, Any]
    ) -> Tensor | None:
        """The gradient over the root of all squares so far."""
        gradient, steps = plain_gradient(gradient, group), float(state["step"])
        if gradient is None or steps < 1:
            return None
        rate: float = group["lr"] / (1 + (steps - 1) * group["lr_decay"])
        total: Tensor = state["sum"]
        step: Tensor = rate * gradient / (total.sqrt() + group["eps"])
        return step
