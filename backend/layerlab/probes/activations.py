"""What comes out of every layer."""

from layerlab_schemas.frames import DataShape, Frame

from layerlab.probes.base import ProbeContext, ProbeKind
from layerlab.probes.distribution import dead_share, distribution

#: Layers that only pass on what they read while the network is in eval mode.
PASSING_ON = frozenset({"shape", "regularisation"})


class Activations(ProbeKind):
    """The distribution of the outputs of each node that computes something, over the probe samples in eval mode."""

    kind = "activations"
    title = "Activations"
    help = "How the values that leave each layer are distributed: shrinking, growing, saturated or dead ones show here."
    formula = r"c_k = \left|\{ i : e_k \le a_i < e_{k+1} \}\right|"
    source = "X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural networks (2010)"
    data_shape = DataShape.HISTOGRAM

    def measure(self, context: ProbeContext) -> Frame | None:
        """One item for each node, in the order of the network."""
        look = context.evaluated
        items = [
            distribution(
                look.recording.outputs[node.id],
                node=node.id,
                output_range=node.layer.output_range,
                dead=dead_share(look.recording.outputs[node.id]) if node.layer.relu_like else None,
            )
            for node in context.network.plan.nodes
            if node.layer.group not in PASSING_ON
        ]
        if not items:
            return None
        return context.frame(self, items, split=look.split, mode=look.mode, num_samples=look.num_samples)
