"""The statistics of every normalisation layer."""

import torch
from layerlab_schemas.frames import ChannelsItem, DataShape, Frame, PackedArray
from layerlab_schemas.graph import Lack
from torch import Tensor, nn

from layerlab.graph.lacks import lacks_norm
from layerlab.graph.network import Recording
from layerlab.graph.norms import NormAt, norms_of
from layerlab.graph.plan import Plan
from layerlab.probes.base import ProbeContext, ProbeKind, pack

MOST_CHANNELS = 256


class NormStatistics(ProbeKind):
    """Mean and variance that each norm found in the batch, the running ones, and γ and β, per channel.

    The variance is the biased one, which normalises; PyTorch's running variance follows the unbiased one, larger by
    n / (n − 1). Norms that look at single samples (layer, instance, group) give the mean over the samples. Norms inside
    residual and transformer blocks are there too, as ``block.norm1``.
    """

    kind = "norm_statistics"
    title = "Norm statistics"
    help = (
        "Mean and variance of the batch against the running ones that evaluation uses, and what γ and β have learned."
    )
    formula = r"\mu_c = \frac{1}{m} \sum_i x_{i,c},\quad \sigma_c^2 = \frac{1}{m} \sum_i (x_{i,c} - \mu_c)^2"
    source = "S. Ioffe, C. Szegedy, Batch normalization, ICML 2015, algorithms 1 and 2"
    group = "Normalisation"
    data_shape = DataShape.CHANNELS
    needs_batch = True

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where there is a norm."""
        return lacks_norm(plan)

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """One item for each norm; None where there is none, or the batch was not recorded."""
        norms, batch = norms_of(context.network), context.batch
        if not norms or batch is None:
            return None
        items = [_item(norm, batch) for norm in norms]
        return context.frame(self, items, split="train", mode="train", num_samples=context.batch_size)


def _item(norm: NormAt, batch: Recording) -> ChannelsItem:
    x = norm.read(batch)
    mean_c, variance_c = _statistics(norm, x)
    return ChannelsItem(
        node=norm.name,
        kind=norm.layer.kind,
        axes=norm.axes(tuple(x.shape[1:])),
        batch_mean=pack(mean_c[:MOST_CHANNELS]),
        batch_var=pack(variance_c[:MOST_CHANNELS]),
        running_mean=_of(norm.module, "running_mean"),
        running_var=_of(norm.module, "running_var"),
        weight=_of(norm.module, "weight"),
        bias=_of(norm.module, "bias"),
        total=len(mean_c),
        input_shape=list(x.shape[1:]),
        num_groups=getattr(norm.module, "num_groups", None),
        momentum=norm.module.momentum if isinstance(getattr(norm.module, "running_mean", None), Tensor) else None,
    )


def _statistics(norm: NormAt, x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance per channel (or group), averaged over the samples where each sample has its own."""
    variance_r, mean_r = torch.var_mean(norm.rows(x), dim=1, correction=0)
    if norm.joins_samples:
        return mean_r, variance_r
    return mean_r.reshape(len(x), -1).mean(0), variance_r.reshape(len(x), -1).mean(0)


def _of(module: nn.Module, name: str) -> PackedArray | None:
    value = getattr(module, name, None)
    return pack(value.flatten()[:MOST_CHANNELS]) if isinstance(value, Tensor) else None
