"""Muon: orthogonal steps for matrices and kernels, AdamW for the rest."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

import torch
from layerlab_schemas.base import Boolean, Number, PositiveCount
from pydantic import Field
from torch import Tensor
from torch.optim import AdamW, Optimizer
from torch.optim import Muon as TorchMuon
from torch.optim._muon import muon

from layerlab.optimizers.base import Betas, OptimizerKind, OptimizerParams, Rate, Share, Small, adam_step
from layerlab.params import live


class MuonParams(OptimizerParams):
    """Rate for all weights, Muon's own fields for matrices, betas for the others."""

    lr: Rate = live(0.002, "Learning rate of all weights, those that AdamW steps too.")
    weight_decay: Small = live(0.01, "Share of each weight, times the rate, that is taken off at each step.")
    momentum: Share = live(0.95, "How much of the mean gradient of a matrix is kept at each step.")
    nesterov: Boolean = live(True, "Look ahead along the momentum.")
    ns_coefficients: Annotated[list[Number], Field(min_length=3, max_length=3)] = live(
        [3.4445, -4.775, 2.0315], "Coefficients of the polynomial that makes the step orthogonal (Newton–Schulz)."
    )
    eps: Small = live(1e-7, "Least norm that a matrix of gradients is divided by.")
    ns_steps: Annotated[PositiveCount, Field(le=50)] = live(5, "How often the polynomial is applied.")
    adjust_lr_fn: Literal["original", "match_rms_adamw"] = live(
        "match_rms_adamw", "How the rate follows a matrix's size; match_rms_adamw makes steps as large as AdamW's."
    )
    betas: Betas = live([0.9, 0.999], "AdamW's, for biases, scales and shifts; its eps is 1e-8.")


class Muon(OptimizerKind[MuonParams]):
    """The newest here; trains hidden layers in fewer steps than AdamW.

    A kernel steps as the matrix [out, in · height · width], as its author does it. Biases and the scales and shifts
    of norms, which have one dimension, step by AdamW with the same rate and decay.
    """

    kind = "muon"
    title = "Muon"
    help = "Steps along the nearest orthogonal matrix, so that all directions of a layer move alike. AdamW for biases."
    formula = (
        r"B \leftarrow \mu B + (1 - \mu) G,\quad U V^\top \approx \mathrm{NS}(\mu B + (1 - \mu) G),\quad "
        r"W \leftarrow (1 - \eta\lambda) W - 0.2 \sqrt{\max(m, n)}\, \eta\, U V^\top"
    )
    source = "Jordan et al. 2024, Muon: An optimizer for hidden layers in neural networks; torch.optim.Muon"
    Params = MuonParams
    example: ClassVar[dict[str, Any]] = {"kind": "muon", "lr": 0.002}

    @property
    def torch_class(self) -> type[Optimizer]:
        """PyTorch's; its function does the work, since the class takes matrices only."""
        return TorchMuon

    def build(self, params: MuonParams, weights: Sequence[Tensor]) -> Optimizer:
        """Both in one."""
        speed = self.speed(weights[0].device.type)
        return MuonWithAdamW(weights, matrices=self.settings(params), others=adamw_settings(params), speed=speed)

    def change(self, optimizer: Optimizer, params: MuonParams) -> None:
        """Each part gets its own fields; neither needs more state."""
        assert isinstance(optimizer, MuonWithAdamW)
        optimizer.param_groups[0].update(self.settings(params))
        for group in optimizer.param_groups[1:]:
            group.update(adamw_settings(params))

    def last_step(
        self, weight: Tensor, gradient: Tensor | None, group: Mapping[str, Any], state: Mapping[str, Any]
    ) -> Tensor | None:
        """AdamW's. Of a matrix the orthogonal step is not kept, and would be dear to find again."""
        return adam_step(group, state) if "exp_avg" in state else None


def adamw_settings(params: MuonParams) -> dict[str, Any]:
    """Fields of the AdamW that steps what is no matrix."""
    return {"lr": params.lr, "betas": (params.betas[0], params.betas[1]), "weight_decay": params.weight_decay}


class MuonWithAdamW(Optimizer):
    """One optimizer of two groups: matrices and kernels, then all others (where there are any).

    The state of a matrix is ``momentum_buffer``, flattened to two dimensions; that of the others is AdamW's.
    """

    def __init__(
        self, weights: Sequence[Tensor], *, matrices: dict[str, Any], others: dict[str, Any], speed: dict[str, Any]
    ) -> None:
        wide = [weight for weight in weights if weight.ndim >= 2]
        narrow = [weight for weight in weights if weight.ndim < 2]
        super().__init__([{"params": wide, **matrices}], dict(speed))
        self._adamw = AdamW(narrow, **others, **speed) if narrow else None
        if self._adamw is not None:
            self._adamw.state = self.state
            self.param_groups += self._adamw.param_groups

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One update of all weights that have a gradient."""
        assert closure is None
        group = self.param_groups[0]
        weights = [weight for weight in group["params"] if weight.grad is not None]
        flat = [weight.flatten(1) for weight in weights]
        gradients = [weight.grad.flatten(1) for weight in weights]
        names = ("lr", "weight_decay", "momentum", "nesterov", "eps", "ns_steps", "adjust_lr_fn")
        muon(
            flat, gradients, [self._momentum(weight) for weight in weights],
            **{name: group[name] for name in names}, ns_coefficients=tuple(group["ns_coefficients"]), has_complex=False,
        )  # fmt: skip
        for weight, stepped in zip(weights, flat, strict=True):
            if stepped.data_ptr() != weight.data_ptr():  # a kernel with the channels innermost had to be copied
                weight.copy_(stepped.view_as(weight))
        if self._adamw is not None:
            self._adamw.step()

    def _momentum(self, weight: Tensor) -> Tensor:
        state = self.state[weight]
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros(weight.shape[0], weight[0].numel(), device=weight.device)
        buffer: Tensor = state["momentum_buffer"]
        return buffer
