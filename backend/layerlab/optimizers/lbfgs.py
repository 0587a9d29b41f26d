"""L-BFGS: a quasi-Newton method, with all samples in each step."""

from typing import Annotated, Any, ClassVar, Literal

from layerlab_schemas.base import PositiveCount
from pydantic import Field
from torch import Tensor
from torch.optim import LBFGS, Optimizer

from layerlab.optimizers.base import Closure, OptimizerKind, OptimizerParams, Rate, Small
from layerlab.params import live


class LbfgsParams(OptimizerParams):
    """Rate, how long it looks, how much it remembers."""

    lr: Rate = live(1.0, "Learning rate: the first step length that is tried; 1 is Newton's.")
    max_iter: Annotated[PositiveCount, Field(le=1000)] = live(20, "Most inner iterations of one step.")
    max_eval: Annotated[PositiveCount, Field(le=10_000)] | None = live(
        None, "Most looks at loss and gradient in one step; left out, 1.25 times max_iter."
    )
    tolerance_grad: Small = live(1e-7, "A step ends when no gradient is larger.")
    tolerance_change: Small = live(1e-9, "A step ends when loss or weights change by less.")
    history_size: Annotated[PositiveCount, Field(le=100)] = Field(
        default=10, description="Past steps that it learns the curvature from; each takes twice the weights' memory."
    )
    line_search_fn: Literal["strong_wolfe"] | None = live(
        "strong_wolfe", "How the step length is found; left out, every step has the length lr."
    )


class Lbfgs(OptimizerKind[LbfgsParams]):
    """For small nets and small data without noise, where it needs far fewer steps than any other.

    It compares gradients of different points, which means something only where both are of the same samples: so each
    step takes all of them, and all looks of one step have the same dropout masks.
    """

    kind = "lbfgs"
    title = "LBFGS"
    help = "Learns the curvature from past gradients and searches along the best direction, on all samples at once."
    formula = r"w \leftarrow w - \eta\, H g,\quad H \approx (\nabla^2 L)^{-1}"
    source = "Liu, Nocedal 1989, On the Limited Memory BFGS Method; torch.optim.LBFGS"
    Params = LbfgsParams
    example: ClassVar[dict[str, Any]] = {"kind": "lbfgs", "lr": 1.0, "max_iter": 10}
    full_batch = True

    @property
    def torch_class(self) -> type[Optimizer]:
        """PyTorch's."""
        return LBFGS

    def settings(self, params: LbfgsParams) -> dict[str, Any]:
        """PyTorch fills ``max_eval`` in only when it is made, not when it changes."""
        return params.model_dump() | {"max_eval": params.max_eval or params.max_iter * 5 // 4}

    def speed(self, device: str) -> dict[str, Any]:
        """There is one kernel."""
        return {}

    def step(self, optimizer: Optimizer, params: LbfgsParams, closure: Closure) -> None:
        """As many looks at loss and gradient as the search wants; the first is at the present weights."""

        def laid_out() -> float:
            loss = closure()
            for weight in optimizer.param_groups[0]["params"]:
                if weight.grad is not None:
                    weight.grad = weight.grad.contiguous()  # PyTorch's class cannot read channels that lie innermost
            return loss

        optimizer.step(laid_out)

    def remembered(self, optimizer: Optimizer, params: LbfgsParams) -> dict[Tensor, dict[str, Tensor]]:
        """The last direction and the gradient it started from, which PyTorch keeps for all weights in one row."""
        weights: list[Tensor] = optimizer.param_groups[0]["params"]
        state = optimizer.state.get(weights[0]) or {}
        rows = {name: state[name] for name in ("d", "prev_flat_grad") if isinstance(state.get(name), Tensor)}
        sizes = [weight.numel() for weight in weights]
        parts = {name: row.split(sizes) for name, row in rows.items()}
        return {
            weight: {name: part[place].view(weight.shape) for name, part in parts.items()}
            for place, weight in enumerate(weights)
            if parts
        }
