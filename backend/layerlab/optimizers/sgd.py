"""Stochastic gradient descent, with momentum."""

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from layerlab_schemas.base import Boolean
from pydantic import ValidationInfo, field_validator
from torch import Tensor
from torch.optim import SGD, Optimizer

from layerlab.optimizers.base import (
    DECOUPLED,
    Kept,
    Numbers,
    OptimizerKind,
    OptimizerParams,
    Rate,
    Share,
    Small,
    bare_step,
    plain_gradient,
    with_decay,
)
from layerlab.params import live


class SgdParams(OptimizerParams):
    """Rate, momentum and its variants, decay."""

    lr: Rate = live(0.05, "Learning rate: how far a step goes.")
    momentum: Share = live(0.9, "Share of the last step that is kept; 0 is plain descent.")
    dampening: Share = live(0.0, "Share of the new gradient that is left out of the momentum.")
    nesterov: Boolean = live(False, "Look ahead along the momentum, which must be above 0 and without dampening.")
    weight_decay: Small = live(0.0, "Pulls weights to 0, as an L2 penalty of this weight.")
    decoupled_weight_decay: Boolean = live(False, DECOUPLED)

    @field_validator("nesterov")
    @classmethod
    def _nesterov_has_momentum(cls, nesterov: bool, seen: ValidationInfo) -> bool:
        if nesterov and (seen.data.get("momentum") == 0 or seen.data.get("dampening") != 0):
            raise ValueError("needs a momentum above 0 and a dampening of 0")
        return nesterov


class Sgd(OptimizerKind[SgdParams]):
    """The one to understand first; with momentum still among the best for convolutional nets."""

    kind = "sgd"
    title = "SGD"
    help = "A step against the gradient of one batch; momentum keeps part of the last step."
    formula = r"v \leftarrow \mu v + (1 - \tau) g,\quad w \leftarrow w - \eta v"
    source = "Robbins, Monro 1951; Polyak 1964; Sutskever et al. 2013; torch.optim.SGD"
    Params = SgdParams
    example: ClassVar[dict[str, Any]] = {"kind": "sgd", "lr": 0.05, "momentum": 0.9}
    is_pure = True

    @property
    def torch_class(self) -> type[Optimizer]:
        """PyTorch's. Its momentum starts as the first gradient, also when switched on in mid-run."""
        return SGD

    @torch.no_grad()
    def update(self, optimizer: Optimizer) -> None:
        """PyTorch's own kernel, called at once where all that it needs is there.

        ``SGD.step`` sorts the weights by device and type first, which takes most of an update of a small network.
        """
        (group,) = optimizer.param_groups
        weights = [weight for weight in group["params"] if weight.grad is not None]
        kept = [optimizer.state[weight].get("momentum_buffer") for weight in weights] if group["momentum"] else []
        if not group["fused"] or not weights or any(momentum is None for momentum in kept):
            bare_step(optimizer)
            return
        torch._fused_sgd_(
            weights, [weight.grad for weight in weights], kept,
            weight_decay=group["weight_decay"], momentum=group["momentum"], lr=group["lr"],
            dampening=group["dampening"], nesterov=group["nesterov"], maximize=False, is_first_step=False,
        )  # fmt: skip

    def pure_step(
        self, params: SgdParams, numbers: Numbers, weight: Tensor, gradient: Tensor, kept: Kept
    ) -> tuple[Tensor, Kept]:
        """The first gradient is the first momentum, whatever the dampening."""
        gradient = with_decay(params, numbers, weight, gradient)
        if not params.momentum:
            return weight - numbers["lr"] * gradient, {}
        momentum = gradient
        if kept:
            fresh = (1 - numbers["dampening"]) * gradient if params.dampening else gradient
            momentum = numbers["momentum"] * kept["momentum_buffer"] + fresh
        step = gradient + numbers["momentum"] * momentum if params.nesterov else momentum
        return weight - numbers["lr"] * step, {"momentum_buffer": momentum}

    def last_step(
        self, weight: Tensor, gradient: Tensor | None, group: Mapping[str, Any], state: Mapping[str, Any]
    ) -> Tensor | None:
        """Along the momentum; with Nesterov's, along what the next gradient will find there."""
        momentum: Tensor | None = state.get("momentum_buffer")
        rate: float = group["lr"]
        if momentum is None:
            return None
        if not group["nesterov"]:
            return rate * momentum
        gradient = plain_gradient(gradient, group)
        return None if gradient is None else rate * (gradient + group["momentum"] * momentum)
