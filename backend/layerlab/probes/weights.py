"""The weights, and the gradients that move them."""

from layerlab_schemas.frames import DataShape, Frame

from layerlab.probes.base import ProbeContext, ProbeKind
from layerlab.probes.distribution import Asked, distributions
from layerlab.probes.parts import parameters


class Weights(ProbeKind):
    """The distribution of every parameter."""

    kind = "weights"
    group = "Layers"
    title = "Weights"
    help = "How the weights of each layer are distributed, and how training spreads, shrinks or zeroes them."
    formula = r"c_k = \left|\{ i : e_k \le w_i < e_{k+1} \}\right|"
    source = "PyTorch, torch.nn.Parameter"
    data_shape = DataShape.HISTOGRAM

    def measure(self, context: ProbeContext) -> Frame | None:
        """One item for each parameter, in the order of the network."""
        asked = [Asked(x=value, node=node, parameter=name) for node, name, value in parameters(context) if len(value)]
        return context.frame(self, distributions(asked)) if asked else None


class WeightGradients(ProbeKind):
    """The distribution of the gradient of every parameter at the last update, penalties and clipping included."""

    kind = "weight_gradients"
    group = "Layers"
    title = "Weight gradients"
    help = "How large the gradients of each layer's weights are: vanishing and exploding ones show here."
    formula = r"g = \frac{\partial L}{\partial w}"
    source = "PyTorch, torch.Tensor.grad"
    data_shape = DataShape.HISTOGRAM

    def measure(self, context: ProbeContext) -> Frame | None:
        """One item for each parameter that has a gradient; None before the first batch."""
        asked = [
            Asked(x=value.grad, node=node, parameter=name)
            for node, name, value in parameters(context)
            if value.grad is not None
        ]
        if not asked:
            return None
        items = distributions(asked)
        return context.frame(self, items, split="train", mode="train", num_samples=context.batch_size)
