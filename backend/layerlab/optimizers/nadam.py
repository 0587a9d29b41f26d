"""NAdam: Adam that looks ahead along its momentum."""

from collections.abc import Mapping
from typing import Any, ClassVar

from layerlab_schemas.base import Boolean
from torch import Tensor
from torch.optim import NAdam as TorchNAdam
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
    mixed,
    one_more,
    plain_gradient,
    with_decay,
)
from layerlab.params import live


class NAdamParams(OptimizerParams):
    """Rate, the two memories, how momentum rises, decay."""

    lr: Rate = live(0.002, "Learning rate: about how far each weight moves in a step.")
    betas: Betas = live([0.9, 0.999], "How much of the mean gradient and of the mean square is kept at each step.")
    eps: Small = live(1e-8, "Added to the divisor, so that rare gradients do not make huge steps.")
    weight_decay: Small = live(0.0, "Pulls weights to 0 by way of the gradient, as an L2 penalty.")
    momentum_decay: Small = live(0.004, "How fast the momentum rises from about half of its first beta to all of it.")
    decoupled_weight_decay: Boolean = live(False, DECOUPLED)


class NAdam(OptimizerKind[NAdamParams]):
    """Nesterov's momentum in Adam; often a little faster at the start."""

    kind = "nadam"
    title = "NAdam"
    help = "Adam with Nesterov's momentum: the step already counts what the present gradient adds to the mean."
    formula = (
        r"w \leftarrow w - \eta\, \frac{\mu_{t+1} m / (1 - \prod_{i=1}^{t+1} \mu_i) "
        r"+ (1 - \mu_t) g / (1 - \prod_{i=1}^{t} \mu_i)}{\sqrt{\hat v} + \epsilon}"
    )
    source = "Dozat 2016, Incorporating Nesterov Momentum into Adam; torch.optim.NAdam"
    Params = NAdamParams
    example: ClassVar[dict[str, Any]] = {"kind": "nadam", "lr": 0.002}
    torch_decouples = True
    is_pure = True
    fused_on: ClassVar[frozenset[str]] = frozenset()

    def settings(self, params: NAdamParams) -> dict[str, Any]:
        """PyTorch wants the betas as a pair."""
        return params.model_dump() | {"betas": (params.betas[0], params.betas[1])}

    @property
    def torch_class(self) -> type[Optimizer]:
        """PyTorch's."""
        return TorchNAdam

    def pure_step(
        self, params: NAdamParams, numbers: Numbers, weight: Tensor, gradient: Tensor, kept: Kept
    ) -> tuple[Tensor, Kept]:
        """The momentum's schedule and its product in float64, the product kept as float32 as PyTorch keeps it."""
        gradient = with_decay(params, numbers, weight, gradient)
        step, (beta1, beta2) = one_more(kept, weight), numbers["betas"].unbind()
        count = step.double()
        now, later = (beta1 * (1 - 0.5 * 0.96 ** (at * numbers["momentum_decay"])) for at in (count, count + 1))
        product = (now if not kept else kept["mu_product"] * now).float()
        mean = mixed(kept.get("exp_avg"), gradient, beta1)
        square = mixed(kept.get("exp_avg_sq"), gradient * gradient, beta2)
        spread = (square / (1 - beta2**count)).sqrt() + numbers["eps"]
        of_gradient, of_mean = (1 - now) / (1 - product.double()), later / (1 - product.double() * later)
        stepped = weight - numbers["lr"] * (of_gradient * gradient + of_mean * mean) / spread
        return stepped, {"step": step, "mu_product": product, "exp_avg": mean, "exp_avg_sq": square}

    def last_step(
        self, weight: Tensor, gradient: Tensor | None, group: Mapping[str, Any], state: Mapping[str, Any]
    ) -> Tensor | None:
        """Of the gradient and of the mean that the next one will find."""
        gradient, steps = plain_gradient(gradient, group), float(state["step"])
        if gradient is None or steps < 1:
            return None
        rate: float = group["lr"]
        beta1, beta2 = group["betas"]
        now, after = (beta1 * (1 - 0.5 * 0.96 ** (step * group["momentum_decay"])) for step in (steps, steps + 1))
        product = float(state["mu_product"])
        spread: Tensor = (state["exp_avg_sq"] / (1 - beta2**steps)).sqrt() + group["eps"]
        ahead: Tensor = after / (1 - product * after) * state["exp_avg"]
        step: Tensor = rate * ((1 - now) / (1 - product) * gradient + ahead) / spread
        return step
