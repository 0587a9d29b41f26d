"""Many steps as one graph: a loop over up to ``BLOCK`` batches of resident data, for the ahead-of-time compiler."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch._higher_order_ops.while_loop import while_loop
from torch.fx import GraphModule
from torch.fx.experimental.proxy_tensor import make_fx

from layerlab.training.engines.decompositions import decompositions
from layerlab.training.engines.functional import PureStep
from layerlab.training.engines.packing import Form

#: Most steps of one call. A call may ask for fewer: each step gives the same numbers whatever the block.
BLOCK = 256

#: Floats, whole numbers, inputs, targets, numbers [H], rate → floats, whole numbers, [3] of loss, hit, penalty.
Flat = Callable[[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor], tuple[Tensor, Tensor, Tensor]]


def flat_step(step: PureStep, form: Form) -> Flat:
    """The step on packed values."""

    def run(
        floats: Tensor, whole: Tensor, inputs: Tensor, targets: Tensor, numbers_h: Tensor, rate: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        values, told = step(form.unpack(floats, whole), inputs, targets, numbers_h, rate)
        return *form.pack(values), torch.stack([told.loss.float(), told.hit.float(), told.penalty.float()])

    return run


def traced(flat: Flat, example: tuple[Tensor, ...]) -> GraphModule:
    """The step as a graph without Python, small products as loops, nothing written in place."""
    first = make_fx(flat, decomposition_table=decompositions())(*example)
    graph = make_fx(torch.func.functionalize(first, remove="mutations"))(*example)
    graph.graph.eliminate_dead_code()
    graph.recompile()
    return graph


class Block(nn.Module):
    """Up to ``BLOCK`` steps. All state goes in and comes out; what each step told comes out as rows."""

    def __init__(self, step: GraphModule) -> None:
        super().__init__()
        self.step = step

    def forward(
        self, num_steps: Tensor, samples_kb: Tensor, rates_k: Tensor, numbers_h: Tensor,
        inputs: Tensor, targets: Tensor, floats: Tensor, whole: Tensor,
    ) -> Any:  # fmt: skip
        """Floats and whole numbers after the last step, and [K, 3] of loss, hit, penalty; 0 beyond ``num_steps``.

        Args:
            num_steps: How many, at most K; int64 scalar.
            samples_kb: [K, B] sample numbers of each batch.
            rates_k: [K] float64.
            numbers_h: [H] float64.
            inputs: [N, …] all training samples.
            targets: [N, …].
            floats: Packed values.
            whole: Packed counts.
        """
        places_k = torch.arange(len(rates_k))

        def goes_on(place: Tensor, told_k3: Tensor, floats: Tensor, whole: Tensor) -> Tensor:
            return place < num_steps

        def advance(place: Tensor, told_k3: Tensor, floats: Tensor, whole: Tensor) -> tuple[Tensor, ...]:
            at = place.view(1)
            samples_b = samples_kb.index_select(0, at).squeeze(0)
            batch = inputs.index_select(0, samples_b), targets.index_select(0, samples_b)
            floats, whole, told = self.step(floats, whole, *batch, numbers_h, rates_k.index_select(0, at).squeeze(0))
            told_k3 = torch.where((places_k == place)[:, None], told, told_k3)
            return place + 1, told_k3, floats.clone(), whole.clone()

        start = (torch.zeros((), dtype=torch.int64), torch.zeros(len(rates_k), 3), floats, whole)
        _, told_k3, floats, whole = while_loop(goes_on, advance, start)  # type: ignore[no-untyped-call]
        return told_k3, floats, whole
