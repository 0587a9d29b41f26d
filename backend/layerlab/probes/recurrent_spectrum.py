"""What the recurrent matrices do to a state: how much they stretch it, and whether it grows when they act again."""

from collections.abc import Iterator
from typing import Any, ClassVar

import torch
from layerlab_schemas.frames import DataShape, Frame, LineSeries, LinesItem
from layerlab_schemas.graph import Lack
from torch import Tensor, nn

from layerlab.graph.lacks import lacks_recurrent
from layerlab.graph.plan import Plan, PlannedNode
from layerlab.probes.base import ProbeContext, ProbeKind, pack
from layerlab.probes.cells import BLOCKS, directions, weights_of

#: Larger states are left out: the time for a spectrum grows with the third power.
MOST_UNITS = 256


class RecurrentSpectrum(ProbeKind):
    """Singular values and spectral radius of the matrices from state to state, one for each gate, up to 256 units.

    A gated layer has no single matrix that acts on its state at each step, so there a value tells how one gate sees
    the state, not how the state grows.
    """

    kind = "recurrent_spectrum"
    title = "Recurrent spectrum"
    help = "Singular values and spectral radius of the recurrent matrices: above 1 a state can grow, below 1 it fades."
    formula = r"\sigma_i(W_{hh}), \quad \rho(W_{hh}) = \max_i |\lambda_i|"
    source = "R. Pascanu, T. Mikolov, Y. Bengio, On the difficulty of training recurrent neural networks, ICML 2013"
    group = "Sequences"
    data_shape = DataShape.LINES
    example: ClassVar[Any] = {
        "data": {"dataset": "parity", "params": {"length": 10, "samples": 200}},
        "graph": [{"kind": "rnn", "hidden_size": 8}, {"kind": "linear", "out_features": 2}],
    }

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where there is a recurrent layer of at most 256 units."""
        if any(is_small(node) for node in plan.nodes):
            return None
        return lacks_recurrent(plan) or Lack(text=f"The spectrum of more than {MOST_UNITS} units takes too long.")

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """Two items for each recurrent node: its singular values, and its spectral radii."""
        network = context.network
        items = [
            item
            for node in network.plan.nodes
            if is_small(node) and isinstance(module := network.layers[node.id], nn.RNNBase)
            for item in _items(node.id, dict(_blocks(module)))
        ]
        return context.frame(self, items) if items else None


def is_small(node: PlannedNode) -> bool:
    """True for a recurrent layer whose spectrum takes little time."""
    return node.layer.is_recurrent and getattr(node.params, "hidden_size", MOST_UNITS + 1) <= MOST_UNITS


def _blocks(module: nn.RNNBase) -> Iterator[tuple[str, Tensor]]:
    """The matrices [H, H] from state to state by name."""
    names = BLOCKS[module.mode]
    for layer in range(module.num_layers):
        for backwards in directions(module):
            whole = weights_of(module, layer, backwards=backwards).state.detach().cpu().double()
            for name, block in zip(names, whole.chunk(len(names)), strict=True):
                where = [f"layer {layer + 1}"] if module.num_layers > 1 else []
                where += ["backwards" if backwards else "forwards"] if module.bidirectional else []
                yield ", ".join([*where, name]), block


def _items(node: str, blocks: dict[str, Tensor]) -> list[LinesItem]:
    finite = {name: block for name, block in blocks.items() if block.isfinite().all()}
    if not finite:
        return []
    num_units = len(next(iter(finite.values())))
    one = torch.ones(1)
    values = [LineSeries(name=name, y=pack(torch.linalg.svdvals(block))) for name, block in finite.items()]
    radii = torch.stack([torch.linalg.eigvals(block).abs().max() for block in finite.values()])
    return [
        LinesItem(
            node=f"{node} · singular values",
            x_title="place, the largest first",
            y_title="singular value",
            x=pack(torch.arange(1, num_units + 1)),
            series=[*values, LineSeries(name="1", y=pack(one.expand(num_units)), role="reference")],
        ),
        LinesItem(
            node=f"{node} · spectral radius",
            x_title="matrix",
            y_title="spectral radius",
            x=pack(torch.arange(len(finite))),
            x_names=list(finite),
            series=[
                LineSeries(name="spectral radius", y=pack(radii)),
                LineSeries(name="1", y=pack(one.expand(len(finite))), role="reference"),
            ],
            mark="points",
        ),
    ]
