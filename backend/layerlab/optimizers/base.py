"""What an optimizer is: its fields, the PyTorch class that steps, and how a change reaches it while it runs."""

import inspect
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import torch
from layerlab_schemas.base import Fraction, NonNegative
from layerlab_schemas.catalog import Family
from pydantic import Field
from torch import Tensor
from torch.optim import Optimizer

from layerlab.params import Params, live
from layerlab.registry import Kind

# Far above any use; beyond the range of a 32-bit float PyTorch would fail in the middle of a run.
Rate = Annotated[NonNegative, Field(le=1e6)]
Small = Annotated[NonNegative, Field(le=1e6)]
Share = Annotated[NonNegative, Field(le=1)]
Betas = Annotated[list[Fraction], Field(min_length=2, max_length=2)]

#: Computes loss and gradients of the batch again, at the weights as they are then; gives the loss with its penalty.
Closure = Callable[[], float]

#: Name of what ``OptimizerKind.last_step`` gives, beside PyTorch's own names of what an optimizer keeps.
EFFECTIVE_STEP = "effective step"

_BARE: dict[type[Optimizer], Callable[[Optimizer], object]] = {}
#: What is kept of one weight, in PyTorch's names and shapes.
Kept = dict[str, Tensor]
#: The fields that are numbers, by name: 0-dimensional float64 tensors, betas [2].
Numbers = Mapping[str, Tensor]

DECOUPLED = "Take lr · weight_decay of each weight off the weights themselves; else the decay goes into the gradient."


class OptimizerParams(Params):
    """Every optimizer has a learning rate; a schedule multiplies it."""

    lr: Rate = live(0.001, "Learning rate: how far a step goes.")


P = TypeVar("P", bound=OptimizerParams)


class OptimizerKind(Kind, Generic[P]):
    """One optimizer, done by PyTorch. Its state belongs to a checkpoint and is complete for a bit-exact resume.

    A kind with the field ``decoupled_weight_decay`` whose PyTorch class lacks it gets it here: before the step each
    weight that has a gradient becomes (1 − lr · weight_decay) times itself (Loshchilov, Hutter 2019).
    """

    family = Family.OPTIMIZER
    group = "Optimizers"
    full_batch: ClassVar[bool] = False
    """True where each step takes all training samples, whatever the batch size: a step is an epoch."""
    torch_decouples: ClassVar[bool] = False
    """True where the PyTorch class knows ``decoupled_weight_decay`` itself."""
    decays_weights: ClassVar[bool] = False
    """True where the decay always acts on the weights, as in AdamW."""
    is_pure: ClassVar[bool] = False
    """True where ``pure_step`` does what the PyTorch class does."""
    fused_on: ClassVar[frozenset[str]] = frozenset({"cpu", "cuda"})
    """Device types with a kernel that steps all weights at once; measured 2–4 times as fast as one by one."""

    def facts(self) -> dict[str, Any]:
        """Tells the browser whether the batch size counts."""
        return {"full_batch": self.full_batch} | self.details

    @property
    @abstractmethod
    def torch_class(self) -> type[Optimizer]:
        """The class that does the work."""

    def settings(self, params: P) -> dict[str, Any]:
        """The fields in the words of the PyTorch class, the same as in its parameter groups."""
        fields = params.model_dump()
        if not self.torch_decouples and fields.pop("decoupled_weight_decay", False):
            fields["weight_decay"] = 0.0
        return fields

    def speed(self, device: str) -> dict[str, Any]:
        """Arguments that choose the fastest kernel of the PyTorch class on a type of device."""
        return {"fused": True} if device in self.fused_on else {"foreach": True}

    def build(self, params: P, weights: Sequence[Tensor]) -> Optimizer:
        """The optimizer with an empty state. ``weights`` are leaves that need a gradient, all on one device."""
        return self.torch_class(weights, **self.settings(params), **self.speed(weights[0].device.type))

    def step(self, optimizer: Optimizer, params: P, closure: Closure) -> None:
        """One update. The gradients are in place; ``closure`` is for those that look at further points."""
        if not self.torch_decouples and getattr(params, "decoupled_weight_decay", False):
            _decay(optimizer, float(getattr(params, "weight_decay", 0.0)))
        self.update(optimizer)

    def update(self, optimizer: Optimizer) -> None:
        """The update of the PyTorch class itself, by the gradients in place."""
        bare_step(optimizer)

    def pure_step(
        self, params: P, numbers: Numbers, weight: Tensor, gradient: Tensor, kept: Kept
    ) -> tuple[Tensor, Kept]:
        """One update of one weight, from tensors to tensors; see ``optimizers.functional``. Nothing is written to.

        An empty ``kept`` is an optimizer that begins. Decoupled decay has been done to the weight already.
        """
        raise NotImplementedError(f"{self.kind} is not a function of a gradient and what was kept")

    def change(self, optimizer: Optimizer, params: P) -> None:
        """Give a running optimizer new fields; its state stays, and what the new fields need is added to it."""
        for group in optimizer.param_groups:
            group.update(self.settings(params))
        for weight, state in optimizer.state.items():
            for name in self.needed_state(params):
                if state.get(name) is None:
                    state[name] = torch.zeros_like(weight)

    def needed_state(self, params: P) -> list[str]:
        """Names of state tensors shaped like the weight that these fields need and others do not."""
        return []

    def remembered(self, optimizer: Optimizer, params: P) -> dict[Tensor, dict[str, Tensor]]:
        """What is kept of each weight, in PyTorch's names and in the shape of the weight; to be read only.

        With it the effective step, where the kind knows it. Weights of which nothing is kept are left out.
        """
        found: dict[Tensor, dict[str, Tensor]] = {}
        for group in optimizer.param_groups:
            for weight in group["params"]:
                kept = _shaped_like(weight, optimizer.state.get(weight) or {})
                if kept:
                    step = self.last_step(weight.detach(), weight.grad, group, optimizer.state[weight])
                    found[weight] = kept if step is None else kept | {EFFECTIVE_STEP: step}
        return found

    def last_step(
        self, weight: Tensor, gradient: Tensor | None, group: Mapping[str, Any], state: Mapping[str, Any]
    ) -> Tensor | None:
        """What the last update took off the weight, decoupled decay left out, from what is kept.

        None where that cannot be told from it, or before the first update.
        """
        return None


def bare_step(optimizer: Optimizer) -> None:
    """The update of a PyTorch optimizer itself, without the profiler marks and hooks that PyTorch wraps it in.

    They take two thirds of an update of a small network.
    """
    step = _BARE.get(type(optimizer))
    if step is None:
        step = _BARE[type(optimizer)] = inspect.unwrap(type(optimizer).step)
    with torch.no_grad():
        step(optimizer)


@torch.no_grad()
def _decay(optimizer: Optimizer, weight_decay: float) -> None:
    """w ← (1 − lr · weight_decay) · w, with the rate of the step to come, the schedule included."""
    for group in optimizer.param_groups:
        for weight in group["params"]:
            if weight.grad is not None:
                weight.mul_(1 - group["lr"] * weight_decay)


def _shaped_like(weight: Tensor, state: Mapping[str, Any]) -> dict[str, Tensor]:
    """The tensors with a number for each of the weight's; counters have none."""
    return {
        name: value.view_as(weight)
        for name, value in state.items()
        if isinstance(value, Tensor) and value.dim() > 0 and value.numel() == weight.numel()
    }


@torch.no_grad()
def adam_step(group: Mapping[str, Any], state: Mapping[str, Any]) -> Tensor | None:
    """η m̂ / (√v̂ + ε): both means without their bias towards 0."""
    steps = float(state["step"])
    if steps < 1:
        return None
    largest = state.get("max_exp_avg_sq") if group.get("amsgrad") else None
    mean, square = state["exp_avg"], state["exp_avg_sq"] if largest is None else largest
    beta1, beta2 = group["betas"]
    spread = (square / (1 - beta2**steps)).sqrt_().add_(group["eps"])
    step: Tensor = mean / spread * (group["lr"] / (1 - beta1**steps))
    return step


def plain_gradient(gradient: Tensor | None, group: Mapping[str, Any]) -> Tensor | None:
    """The gradient that the optimizer went by; None where decay was added to it, of weights that are gone."""
    is_added = group["weight_decay"] != 0 and not group.get("decoupled_weight_decay", False)
    return None if is_added else gradient


def with_decay(params: OptimizerParams, numbers: Numbers, weight: Tensor, gradient: Tensor) -> Tensor:
    """The gradient with that of the decay, unless that acts on the weights themselves or there is none."""
    if not getattr(params, "weight_decay", 0.0) or getattr(params, "decoupled_weight_decay", False):
        return gradient
    return gradient + numbers["weight_decay"] * weight


def one_more(kept: Kept, weight: Tensor) -> Tensor:
    """How many updates there are with this one, as PyTorch counts them: a float32 scalar."""
    return kept["step"] + 1 if kept else torch.ones((), device=weight.device)


def mixed(before: Tensor | None, now: Tensor, share: Tensor) -> Tensor:
    """share · before + (1 − share) · now; nothing before counts as 0."""
    fresh = (1 - share) * now
    return fresh if before is None else share * before + fresh


def pure_adam_step(
    params: OptimizerParams, numbers: Numbers, weight: Tensor, gradient: Tensor, kept: Kept
) -> tuple[Tensor, Kept]:
    """Adam's, with bias corrections in float64; a decay that acts on the weights is left to the caller."""
    step, (beta1, beta2) = one_more(kept, weight), numbers["betas"].unbind()
    mean = mixed(kept.get("exp_avg"), gradient, beta1)
    square = mixed(kept.get("exp_avg_sq"), gradient * gradient, beta2)
    after: Kept = {"step": step, "exp_avg": mean, "exp_avg_sq": square}
    if getattr(params, "amsgrad", False):
        largest = kept.get("max_exp_avg_sq")
        after["max_exp_avg_sq"] = square = square if largest is None else torch.maximum(largest, square)
    count = step.double()
    spread = square.sqrt() / (1 - beta2**count).sqrt() + numbers["eps"]
    return weight - numbers["lr"] / (1 - beta1**count) * (mean / spread), after
