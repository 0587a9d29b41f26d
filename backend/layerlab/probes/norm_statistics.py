"""The statistics of every normalisation layer."""

import torch
from layerlab_schemas.frames import ChannelsItem, DataShape, Frame, PackedArray
from torch import Tensor, nn

from layerlab.graph.network import Recording
from layerlab.graph.plan import Plan, PlannedNode
from layerlab.probes.base import ProbeContext, ProbeKind, pack

MOST_CHANNELS = 256


class NormStatistics(ProbeKind):
    """Mean and variance that each norm found in the batch, the running ones, and γ and β, per channel.

    The variance is the biased one, which normalises; PyTorch's running variance follows the unbiased one, larger by
    n / (n − 1). Norms that look at single samples (layer, instance, group) give the mean over the samples.
    """

    kind = "norm_statistics"
    title = "Norm statistics"
    help = (
        "Mean and variance of the batch against the running ones that evaluation uses, and what γ and β have learned."
    )
    formula = r"\mu_c = \frac{1}{m} \sum_i x_{i,c},\quad \sigma_c^2 = \frac{1}{m} \sum_i (x_{i,c} - \mu_c)^2"
    source = "S. Ioffe, C. Szegedy, Batch normalization, ICML 2015, algorithms 1 and 2"
    data_shape = DataShape.CHANNELS
    needs_batch = True

    def applies(self, plan: Plan) -> bool:
        """Only where there is a norm."""
        return any(node.layer.is_norm for node in plan.nodes)

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """One item for each norm; None where there is none, or the batch was not recorded."""
        norms = [node for node in context.network.plan.nodes if node.layer.is_norm]
        if not norms or context.batch is None:
            return None
        items = [_item(node, context.network.layers[node.id], context.batch) for node in norms]
        return context.frame(self, items, split="train", mode="train", num_samples=context.batch_size)


def _item(node: PlannedNode, module: nn.Module, batch: Recording) -> ChannelsItem:
    mean_c, variance_c = _statistics(node, batch.inputs[node.id][0])
    return ChannelsItem(
        node=node.id,
        kind=node.layer.kind,
        axes=node.layer.norm_axes(node.params, node.input_shapes[0]) or "",
        batch_mean=pack(mean_c[:MOST_CHANNELS]),
        batch_var=pack(variance_c[:MOST_CHANNELS]),
        running_mean=_of(module, "running_mean"),
        running_var=_of(module, "running_var"),
        weight=_of(module, "weight"),
        bias=_of(module, "bias"),
    )


def _statistics(node: PlannedNode, x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance per channel (or group), averaged over the samples where each sample has its own."""
    rows = node.layer.norm_rows(node.params, x)
    assert rows is not None, f"{node.layer.kind} is a norm without rows"
    variance_r, mean_r = torch.var_mean(rows, dim=1, correction=0)
    if "N" in (node.layer.norm_axes(node.params, node.input_shapes[0]) or ""):
        return mean_r, variance_r
    return mean_r.reshape(len(x), -1).mean(0), variance_r.reshape(len(x), -1).mean(0)


def _of(module: nn.Module, name: str) -> PackedArray | None:
    value = getattr(module, name, None)
    return pack(value.flatten()[:MOST_CHANNELS]) if isinstance(value, Tensor) else None
