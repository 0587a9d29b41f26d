"""What comes out of every layer."""

from typing import Any

import torch
from layerlab_schemas.frames import DataShape, Frame, HistogramItem
from torch import Tensor

from layerlab.probes.base import ProbeContext, ProbeKind
from layerlab.probes.distribution import Asked, dead_units, distributions
from layerlab.probes.on_device import on_host
from layerlab.probes.parts import measured_nodes


class Activations(ProbeKind):
    """The distribution of the outputs of each node that computes something, over the probe samples in eval mode.

    A unit is dead where it is 0 on all of these samples. ``dead_since`` is the measured step since which none of the
    dead units has come back: one that does starts the count anew. It is remembered beside the run, so it begins anew
    too when a run is gone on with.
    """

    kind = "activations"
    group = "Layers"
    title = "Activations"
    help = "How the values that leave each layer are distributed: shrinking, growing, saturated or dead ones show here."
    formula = r"c_k = \left|\{ i : e_k \le a_i < e_{k+1} \}\right|"
    source = "X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural networks (2010)"
    data_shape = DataShape.HISTOGRAM

    def measure(self, context: ProbeContext) -> Frame | None:
        """One item for each node, in the order of the network."""
        look, memory = context.evaluated, context.memory.setdefault(self.kind, {})
        nodes, outputs = measured_nodes(context.network.plan), look.recording.outputs
        if not nodes:
            return None
        asked = [Asked(x=outputs[node.id], node=node.id, output_range=node.layer.output_range) for node in nodes]
        mortal = [node.id for node in nodes if node.layer.relu_like]
        dead = dict(zip(mortal, on_host([dead_units(outputs[node]) for node in mortal]), strict=True))
        items = [
            _with_dead(item, dead[item.node], memory, context.step) if item.node in dead else item
            for item in distributions(asked)
        ]
        return context.frame(self, items, split=look.split, mode=look.mode, num_samples=look.num_samples)


def _with_dead(item: HistogramItem, dead_u: Tensor, memory: dict[str, Any], step: int) -> HistogramItem:
    share = int(dead_u.count_nonzero()) / dead_u.numel()
    memory[item.node] = found = Dead.after(memory.get(item.node), dead_u, step)
    return item.model_copy(update={"dead": share, "dead_since": found.since})


class Dead:
    """Which units were dead at the last look, and since when none of them has come back."""

    def __init__(self, units_u: Tensor, since: int | None) -> None:
        self.units_u = units_u
        self.since = since

    @classmethod
    def after(cls, before: "Dead | None", units_u: Tensor, step: int) -> "Dead":
        """What is known after a look at this step."""
        if not bool(units_u.any()):
            return cls(units_u, None)
        has_recovered = before is None or bool(torch.any(before.units_u & ~units_u))
        since = None if before is None or has_recovered else before.since
        return cls(units_u, step if since is None else since)
