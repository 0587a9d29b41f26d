"""How much the statistics of a batch differ from batch to batch, by the size of the batch."""

from dataclasses import dataclass
from math import nan

import torch
from layerlab_schemas.frames import DataShape, Frame, LineSeries, LinesItem
from layerlab_schemas.graph import Lack
from pydantic import Field
from torch import Tensor

from layerlab import layers
from layerlab.analyses.base import AnalysisContext, AnalysisKind
from layerlab.analyses.noise import CHUNK
from layerlab.graph.lacks import lacks_norm
from layerlab.graph.norms import NormAt, norms_of
from layerlab.graph.plan import Plan
from layerlab.layers.base import as_images
from layerlab.layers.grouping import usual_groups
from layerlab.params import Params
from layerlab.probes.base import pack
from layerlab.seeding import generator

#: Training samples that batches are drawn from, at most.
MOST_SAMPLES = 4096
#: Samples whose output is followed through many batches.
FOLLOWED = 4
MOST_NORMS = 12
EPSILON = 1e-5
#: Less than this is rounding, and has no place on a logarithmic axis.
NO_NOISE = 1e-6


class BatchNoiseParams(Params):
    """How many batches of each size."""

    batches: int = Field(default=64, ge=8, le=1000, description="Batches of each size.")


@dataclass(frozen=True)
class Summed:
    """What a norm reads for each training sample, in double precision.

    Attributes:
        mean: [N, C] mean of each channel of each sample.
        square: [N, C] mean square.
        followed: The first samples themselves, [K, …].
        places: Values of a channel in one sample.
    """

    mean: Tensor
    square: Tensor
    followed: Tensor
    places: int

    @property
    def sigma(self) -> Tensor:
        """[C] standard deviation of each channel over all samples."""
        return (self.square.mean(0) - self.mean.mean(0) ** 2).clamp(min=0).sqrt()


class BatchNoise(AnalysisKind[BatchNoiseParams]):
    """Standard deviation, over batches, of the mean and the variance that batch norm would find.

    What each norm reads is computed once with the network in eval mode; batches are drawn from it without replacement,
    as in training. Channels are compared by their own σ (mean) and σ² (variance) over all samples, and joined as the
    root of the mean square. The reference is σ₁ / √n, where σ₁ is the spread between single samples. A norm of another
    kind is told what batch norm would find in its place.
    """

    kind = "batch_noise"
    title = "Batch noise"
    help = "Mean and variance of a small batch are guesses: they scatter as one over the root of the batch size."
    formula = r"\mathrm{std}(\mu_{\mathrm{batch}}) \approx \frac{\sigma_1}{\sqrt{n}}"
    source = "Y. Wu, K. He, Group normalization, ECCV 2018, section 1"
    group = "Normalisation"
    Params = BatchNoiseParams
    data_shape = DataShape.LINES
    example = {"batches": 16}

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where there is a norm."""
        return lacks_norm(plan)

    @torch.no_grad()
    def analyse(self, context: AnalysisContext, params: BatchNoiseParams) -> Frame:
        """Two items for each norm: the noise of its statistics, and what it does to the output of one sample."""
        context.network.eval()
        norms = norms_of(context.network)[:MOST_NORMS]
        inputs = context.data.train_inputs[:MOST_SAMPLES]
        summed = _summed(context, norms, inputs)
        sizes = sizes_up_to(len(inputs))
        items: list[LinesItem] = []
        for place, norm in enumerate(norms):
            draws = generator(context.assembly.spec.training.seed, f"{self.kind}.{norm.name}")
            items += _items(norm, summed[norm.name], sizes, params.batches, draws)
            context.progress(0.5 + 0.5 * (place + 1) / len(norms))
        return context.frame(self, items, split="train", mode="eval", num_samples=len(inputs))


def sizes_up_to(num_samples: int) -> list[int]:
    """1, 2, 4, 8 … below the number of samples, and that number."""
    sizes = [2**power for power in range(num_samples.bit_length()) if 2**power < num_samples]
    return [*sizes, num_samples]


def _summed(context: AnalysisContext, norms: list[NormAt], inputs: Tensor) -> dict[str, Summed]:
    """Runs all samples through the network once and keeps, for each norm, the sums of each sample."""
    parts: dict[str, list[Summed]] = {norm.name: [] for norm in norms}
    chunks = inputs.tensor_split(-(-len(inputs) // CHUNK))
    for done, inputs_b in enumerate(chunks):
        with context.network.recording() as recording:
            context.network(inputs_b)
        for norm in norms:
            parts[norm.name].append(_sums(norm.read(recording)))
        context.progress(0.5 * (done + 1) / len(chunks))
    return {name: _joined(found) for name, found in parts.items()}


def _sums(x: Tensor) -> Summed:
    x_ncp = by_channel(x.double())
    return Summed(x_ncp.mean(2), (x_ncp**2).mean(2), x[:FOLLOWED].double(), x_ncp.shape[2])


def by_channel(x: Tensor) -> Tensor:
    """[N, channels, places] from [N, F], [N, T, F], [N, C, H, W] or clips [N, T, C, H, W]."""
    if x.dim() == 5:
        return x.transpose(1, 2).flatten(2)
    return x[..., None] if x.dim() == 2 else x.transpose(1, 2) if x.dim() == 3 else x.flatten(2)


def _joined(parts: list[Summed]) -> Summed:
    mean, square = torch.cat([one.mean for one in parts]).cpu(), torch.cat([one.square for one in parts]).cpu()
    return Summed(mean, square, parts[0].followed.cpu(), parts[0].places)


def _items(norm: NormAt, found: Summed, sizes: list[int], batches: int, draws: torch.Generator) -> list[LinesItem]:
    noise, moved = [], []
    for size in sizes:
        chosen = torch.stack([torch.randperm(len(found.mean), generator=draws)[:size] for _ in range(batches)])
        noise.append(noise_of(found, chosen))
        moved.append(_moved(found, chosen))
    return [_noise_item(norm, found, sizes, noise), _moved_item(norm, found, sizes, moved)]


def noise_of(found: Summed, chosen: Tensor) -> tuple[float, float]:
    """Std over the batches ``chosen`` [B, n] of mean and variance, by σ and σ², joined over the channels."""
    mean, variance = _statistics(found, chosen)
    sigma = found.sigma
    living = sigma > 0
    if not bool(living.any()):
        return nan, nan
    scatter = [values.std(dim=0)[living] / scale[living] for values, scale in ((mean, sigma), (variance, sigma**2))]
    joined = [float((one**2).mean().sqrt()) for one in scatter]
    # With one value a channel the variance is always 0: that is no quiet statistic, it is none.
    return joined[0], joined[1] if chosen.shape[1] * found.places > 1 else nan


def _statistics(found: Summed, chosen: Tensor) -> tuple[Tensor, Tensor]:
    """[B, C] mean and variance of each batch, from the sums of its samples."""
    mean = torch.stack([found.mean[batch].mean(0) for batch in chosen])
    square = torch.stack([found.square[batch].mean(0) for batch in chosen])
    return mean, (square - mean**2).clamp(min=0)


def _moved(found: Summed, chosen: Tensor) -> tuple[float, float]:
    """How much the normalised values of followed samples differ between batches: by batch norm, and by group norm."""
    joined, alone = [], []
    for index, x in enumerate(found.followed):
        # The sample is in each batch; where it was not drawn it takes the place of the first.
        batches = torch.where((chosen == index).any(1, keepdim=True), chosen, _with_first(chosen, index))
        mean, variance = _statistics(found, batches)
        x_cp = by_channel(x[None])[0]
        scale = (variance + EPSILON).rsqrt()[:, :, None]
        if chosen.shape[1] * found.places > 1:
            joined.append(_spread((x_cp - mean[:, :, None]) * scale))
        alone.append(_spread(torch.stack([grouped(x) for _ in batches[:2]])))
    return (_root_mean_square(joined) if joined else nan), _root_mean_square(alone)


def _with_first(chosen: Tensor, index: int) -> Tensor:
    changed = chosen.clone()
    changed[:, 0] = index
    return changed


def grouped(x: Tensor) -> Tensor:
    """One sample [F], [T, F], [C, H, W] or [T, C, H, W] as group norm makes it: from nothing but itself."""
    kind = layers.REGISTRY.get("group_norm")
    channels = x.shape[-1 if x.dim() < 3 else -3]
    rows = kind.norm_rows(kind.Params.model_validate({"num_groups": usual_groups(channels)}), as_images(x[None]))
    assert rows is not None
    variance, mean = torch.var_mean(rows, dim=1, correction=0, keepdim=True)
    return (rows - mean) * (variance + EPSILON).rsqrt()


def _spread(values: Tensor) -> float:
    """Root of the mean, over the values of a sample, of the variance over the batches (first axis)."""
    return float(values.var(dim=0, correction=0).mean().sqrt())


def _root_mean_square(values: list[float]) -> float:
    return float(torch.tensor(values, dtype=torch.float64).square().mean().sqrt())


def _noise_item(norm: NormAt, found: Summed, sizes: list[int], noise: list[tuple[float, float]]) -> LinesItem:
    n = torch.tensor(sizes, dtype=torch.float64)
    singles = reference_of(found)
    measured = torch.tensor(noise, dtype=torch.float64)
    measured[measured < NO_NOISE] = nan
    series = [
        LineSeries(name="mean, in σ", y=pack(measured[:, 0])),
        LineSeries(name="variance, in σ²", y=pack(measured[:, 1])),
        LineSeries(name="1/√n, mean", y=pack(singles[0] / n.sqrt()), role="reference"),
        LineSeries(name="1/√n, variance", y=pack(singles[1] / n.sqrt()), role="reference"),
    ]
    return LinesItem(
        node=norm.name,
        x_title="batch size",
        y_title="std over batches",
        x=pack(n),
        series=series,
        log_x=True,
        log_y=True,
        note=_note(norm, found),
    )


def reference_of(found: Summed) -> tuple[float, float]:
    """σ₁ of mean and variance: the spread between single samples, by σ and σ², joined over the channels."""
    centre, sigma = found.mean.mean(0), found.sigma
    living = sigma > 0
    if not bool(living.any()):
        return nan, nan
    around = found.square - 2 * found.mean * centre + centre**2
    parts = (found.mean.std(0)[living] / sigma[living], around.std(0)[living] / sigma[living] ** 2)
    return float((parts[0] ** 2).mean().sqrt()), float((parts[1] ** 2).mean().sqrt())


def _note(norm: NormAt, found: Summed) -> str:
    single = (
        "Of one sample, batch norm is instance norm."
        if found.places > 1
        else "One sample has one value a channel: its variance is 0, and PyTorch refuses to train."
    )
    place = "" if norm.joins_samples else f" {norm.name} is no batch norm: this is what one would find there."
    return f"{single} All samples together have no noise." + place


def _moved_item(norm: NormAt, found: Summed, sizes: list[int], moved: list[tuple[float, float]]) -> LinesItem:
    measured = torch.tensor(moved, dtype=torch.float64)
    channels = found.mean.shape[1]
    return LinesItem(
        node=f"{norm.name}: one sample",
        x_title="batch size",
        y_title="std of its normalised values over batches",
        x=pack(torch.tensor(sizes)),
        series=[
            LineSeries(name="batch norm", y=pack(measured[:, 0])),
            LineSeries(name=f"group norm, {usual_groups(channels)} groups", y=pack(measured[:, 1])),
        ],
        log_x=True,
        note="What a sample becomes depends on its batch with batch norm, and on nothing but itself with group norm.",
    )
