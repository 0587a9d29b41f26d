"""Adadelta: the recent size of the steps over the recent size of the gradients."""

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from layerlab_schemas.base import Boolean
from torch import Tensor
from torch.optim import Adadelta as TorchAdadelta
from torch.optim import Optimizer

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


class AdadeltaParams(OptimizerParams):
    """A factor, the memory, decay."""

    lr: Rate = live(1.0, "Factor on the step that it finds by itself; 1 leaves it as it is.")
    rho: Share = live(0.9, "How much of both mean squares is kept at each step.")
    eps: Small = live(1e-6, "Added under both roots; the first steps are about this small.")
    weight_decay: Small = live(0.0, "Pulls weights to 0, as an L2 penalty of this weight.")
    decoupled_weight_decay: Boolean = live(False, DECOUPLED)


class Adadelta(OptimizerKind[AdadeltaParams]):
    """Needs no learning rate: the step has the unit of the weights, not that of the gradient."""

    kind = "adadelta"
    title = "Adadelta"
    help = "Scales each gradient by how large recent steps were against recent gradients: works without a rate."
    formula = (
        r"v \leftarrow \rho v + (1 - \rho) g^2,\quad \Delta = \sqrt{\frac{u + \epsilon}{v + \epsilon}}\, g,\quad "
        r"u \leftarrow \rho u + (1 - \rho) \Delta^2,\quad w \leftarrow w - \eta \Delta"
    )
    source = "Zeiler 2012, ADADELTA: An Adaptive Learning Rate Method; torch.optim.Adadelta"
    Params = AdadeltaParams
    example: ClassVar[dict[str, Any]] = {"kind": "adadelta", "lr": 1.0, "rho": 0.95}
    fused_on: ClassVar[frozenset[str]] = frozenset()
    is_pure = True

    @property
    def torch_class(self) -> type[Optimizer]:
        """PyTorch's."""
        return TorchAdadelta

    def pure_step(
        self, params: AdadeltaParams, numbers: Numbers, weight: Tensor, gradient: Tensor, kept: Kept
    ) -> tuple[Tensor, Kept]:
        """The root of both mean squares, then the mean square of steps with this one."""
        gradient = with_decay(params, numbers, weight, gradient)
        square = mixed(kept.get("square_avg"), gradient * gradient, numbers["rho"])
        before = kept.get("acc_delta", torch.zeros_like(weight))
        step = (before + numbers["eps"]).sqrt() / (square + numbers["eps"]).sqrt() * gradient
        deltas = mixed(before, step * step, numbers["rho"])
        after: Kept = {"step": one_more(kept, weight), "square_avg": square, "acc_delta": deltas}
        return weight - numbers["lr"] * step, after

    def last_step(
        self, weight: Tensor, gradient: Tensor | None, group: Mapping[str, Any], state: Mapping[str, Any]
    ) -> Tensor | None:
        """The step in its own units is in the mean square of steps already: that is solved for the one before."""
        gradient = plain_gradient(gradient, group)
        if gradient is None or float(state["step"]) < 1:
            return None
        rate: float = group["lr"]
        eps, new = group["eps"], 1 - group["rho"]
        square: Tensor = state["square_avg"]
        scale = gradient**2 / (square + eps)
        before: Tensor = (state["acc_delta"] - new * eps * scale) / (group["rho"] + new * scale)
        step: Tensor = rate * ((before + eps).clamp(min=0) / (square + eps)).sqrt() * gradient
        return step
