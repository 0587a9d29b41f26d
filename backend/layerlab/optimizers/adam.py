"""Adam, and AdamW that decays weights apart from the gradient."""

from collections.abc import Mapping
from typing import Any, ClassVar

from layerlab_schemas.base import Boolean
from torch import Tensor
from torch.optim import Adam as TorchAdam
from torch.optim import AdamW as TorchAdamW
from torch.optim import Optimizer

from layerlab.optimizers.base import (
    DECOUPLED,
    Betas,
    Kept,
    Numbers,
    OptimizerKind,
    OptimizerParams,
    Rate,
    Small,
    adam_step,
    pure_adam_step,
    with_decay,
)
from layerlab.params import live


class AdamParams(OptimizerParams):
    """Rate, the two memories, decay."""

    lr: Rate = live(0.001, "Learning rate: about how far each weight moves in a step.")
    betas: Betas = live([0.9, 0.999], "How much of the mean gradient and of the mean square is kept at each step.")
    eps: Small = live(1e-8, "Added to the divisor, so that rare gradients do not make huge steps.")
    weight_decay: Small = live(0.0, "Pulls weights to 0 by way of the gradient, as an L2 penalty.")
    amsgrad: Boolean = live(False, "Divide by the largest mean square so far, so that steps never grow back.")


class PlainAdamParams(AdamParams):
    """Adam's own: whether the decay goes by way of the gradient."""

    decoupled_weight_decay: Boolean = live(False, DECOUPLED + " On: AdamW.")


class AdamWParams(AdamParams):
    """As Adam; the decay acts on the weights themselves."""

    weight_decay: Small = live(0.01, "Share of each weight, times the rate, that is taken off at each step.")


class AdamKind(OptimizerKind[AdamParams]):
    """What both have in common."""

    torch_decouples = True
    is_pure = True

    def settings(self, params: AdamParams) -> dict[str, Any]:
        """PyTorch wants the betas as a pair."""
        return params.model_dump() | {"betas": (params.betas[0], params.betas[1])}

    def needed_state(self, params: AdamParams) -> list[str]:
        """The largest mean square, when amsgrad is switched on in mid-run."""
        return ["max_exp_avg_sq"] if params.amsgrad else []

    def pure_step(
        self, params: AdamParams, numbers: Numbers, weight: Tensor, gradient: Tensor, kept: Kept
    ) -> tuple[Tensor, Kept]:
        """As both do it once the decay is done."""
        if not self.decays_weights:
            gradient = with_decay(params, numbers, weight, gradient)
        return pure_adam_step(params, numbers, weight, gradient, kept)

    def last_step(
        self, weight: Tensor, gradient: Tensor | None, group: Mapping[str, Any], state: Mapping[str, Any]
    ) -> Tensor | None:
        """As far as the two means carry it."""
        return adam_step(group, state)


class Adam(AdamKind):
    """A rate of its own for each weight: works untuned on most nets."""

    kind = "adam"
    title = "Adam"
    help = "Each weight gets its own rate from the mean and the spread of its gradients: works with little tuning."
    formula = r"w \leftarrow w - \eta\, \hat m / (\sqrt{\hat v} + \epsilon)"
    source = "Kingma, Ba 2015, Adam: A Method for Stochastic Optimization; torch.optim.Adam"
    Params = PlainAdamParams
    example: ClassVar[dict[str, Any]] = {"kind": "adam", "lr": 0.002, "betas": [0.9, 0.99]}

    @property
    def torch_class(self) -> type[Optimizer]:
        """PyTorch's."""
        return TorchAdam


class AdamW(AdamKind):
    """Adam whose weight decay is the same for all weights, however large their gradients are."""

    kind = "adamw"
    title = "AdamW"
    help = "Adam with weight decay apart from the gradient, so that it acts alike on every weight."
    formula = r"w \leftarrow (1 - \eta\lambda) w - \eta\, \hat m / (\sqrt{\hat v} + \epsilon)"
    source = "Loshchilov, Hutter 2019, Decoupled Weight Decay Regularization; torch.optim.AdamW"
    Params = AdamWParams
    example: ClassVar[dict[str, Any]] = {"kind": "adamw", "lr": 0.002, "weight_decay": 0.05}
    decays_weights = True

    @property
    def torch_class(self) -> type[Optimizer]:
        """PyTorch's."""
        return TorchAdamW
