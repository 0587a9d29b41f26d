"""RMSProp: divide by the recent size of the gradient."""

from collections.abc import Mapping
from typing import Any, ClassVar

from layerlab_schemas.base import Boolean
from torch import Tensor
from torch.optim import Optimizer
from torch.optim import RMSprop as TorchRMSprop

from layerlab.optimizers.base import (
    DECOUPLED,
    Kept,
    Numbers,
    OptimizerKind,
    OptimizerParams,
    Rate,
    Share,
    Small,
    mixed,
    one_more,
    plain_gradient,
    with_decay,
)
from layerlab.params import live


class RmsPropParams(OptimizerParams):
    """Rate, memory, momentum, decay."""

    lr: Rate = live(0.001, "Learning rate: about how far each weight moves in a step.")
    alpha: Share = live(0.99, "How much of the mean square is kept at each step.")
    eps: Small = live(1e-8, "Added to the divisor, so that rare gradients do not make huge steps.")
    momentum: Share = live(0.0, "Share of the last step that is kept.")
    centered: Boolean = live(False, "Divide by the spread around the mean gradient instead of the mean square.")
    weight_decay: Small = live(0.0, "Pulls weights to 0, as an L2 penalty of this weight.")
    decoupled_weight_decay: Boolean = live(False, DECOUPLED)


class RmsProp(OptimizerKind[RmsPropParams]):
    """Adagrad with a memory that fades, so that steps do not die out."""

    kind = "rmsprop"
    title = "RMSprop"
    help = "Divides each gradient by its recent root mean square, so that steep and flat directions move alike."
    formula = r"v \leftarrow \alpha v + (1 - \alpha) g^2,\quad w \leftarrow w - \eta\, g / (\sqrt v + \epsilon)"
    source = "Tieleman, Hinton 2012, Neural Networks for Machine Learning, lecture 6.5; torch.optim.RMSprop"
    Params = RmsPropParams
    example: ClassVar[dict[str, Any]] = {"kind": "rmsprop", "lr": 0.002, "alpha": 0.95}
    fused_on: ClassVar[frozenset[str]] = frozenset()
    is_pure = True

    @property
    def torch_class(self) -> type[Optimizer]:
        """PyTorch's."""
        return TorchRMSprop

    def needed_state(self, params: RmsPropParams) -> list[str]:
        """Momentum and mean gradient, when switched on in mid-run."""
        momentum = ["momentum_buffer"] if params.momentum > 0 else []
        return momentum + (["grad_avg"] if params.centered else [])

    def pure_step(
        self, params: RmsPropParams, numbers: Numbers, weight: Tensor, gradient: Tensor, kept: Kept
    ) -> tuple[Tensor, Kept]:
        """The spread, then the momentum over scaled gradients."""
        gradient = with_decay(params, numbers, weight, gradient)
        square = mixed(kept.get("square_avg"), gradient * gradient, numbers["alpha"])
        after: Kept = {"step": one_more(kept, weight), "square_avg": square}
        if params.centered:
            mean = after["grad_avg"] = mixed(kept.get("grad_avg"), gradient, numbers["alpha"])
            square = square - mean * mean
        step = gradient / (square.sqrt() + numbers["eps"])
        if params.momentum:
            before = kept.get("momentum_buffer")
            step = after["momentum_buffer"] = step if before is None else numbers["momentum"] * before + step
        return weight - numbers["lr"] * step, after

    def last_step(
        self, weight: Tensor, gradient: Tensor | None, group: Mapping[str, Any], state: Mapping[str, Any]
    ) -> Tensor | None:
        """The momentum, which is made of scaled gradients; without it, the scaled gradient."""
        rate: float = group["lr"]
        if group["momentum"] > 0:
            momentum: Tensor = state["momentum_buffer"]
            return rate * momentum
        gradient = plain_gradient(gradient, group)
        if gradient is None or float(state["step"]) < 1:
            return None
        square: Tensor = state["square_avg"]
        if group["centered"]:
            square = square - state["grad_avg"] ** 2
        step: Tensor = rate * gradient / (square.sqrt() + group["eps"])
        return step
