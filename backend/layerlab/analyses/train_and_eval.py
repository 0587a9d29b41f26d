"""The same samples in train mode and in eval mode: what batch statistics and dropout change."""

from dataclasses import dataclass, field
from math import isnan, nan
from typing import Literal

import torch
from layerlab_schemas.frames import DataShape, Frame, LineSeries, LinesItem
from layerlab_schemas.graph import Lack
from pydantic import Field
from torch import Tensor

from layerlab.analyses.base import AnalysisContext, AnalysisKind
from layerlab.analyses.noise import part_of, switch_dropout
from layerlab.errors import BatchTooSmall
from layerlab.figures import counted
from layerlab.graph.drops import has_dropout
from layerlab.graph.network import Recording
from layerlab.graph.norms import NormAt, has_norms, norms_of
from layerlab.graph.plan import Plan
from layerlab.losses.base import num_answers
from layerlab.params import Params
from layerlab.probes.base import Split, pack

TRAIN, EVAL, SINGLE = "train mode", "eval mode", "one at a time"


ALONE = "One at a time: train mode in batches of one, as when eval mode is forgotten."
IMPOSSIBLE = (
    "One at a time is not possible here: a channel would have one value, whose variance is 0, and PyTorch refuses it."
)


class TrainAndEvalParams(Params):
    """Which samples, and whether dropout drops."""

    samples: int = Field(default=256, ge=2, le=2048, description="So many samples, the first ones of the part.")
    batch_size: int | None = Field(
        default=None, ge=2, le=2048, description="Samples in a batch of train mode; left out, as the run has it."
    )
    part: Literal["validation", "train"] = Field(default="validation", description="Part of the data.")
    dropout: Literal["on", "off"] = Field(default="on", description="Whether dropout drops in train mode.")


@dataclass
class Mode:
    """What came out in one mode.

    Attributes:
        loss: Mean over the samples; NaN where the network could not be run.
        accuracy: Share of right answers, or for regression the mean absolute error; NaN as above.
        first: What went through the nodes with the first batch.
    """

    loss: float = nan
    accuracy: float = nan
    first: Recording = field(default_factory=Recording)


class TrainAndEval(AnalysisKind[TrainAndEvalParams]):
    """Outputs of each node for one batch in both modes; loss and accuracy in both, and for single images in train mode.

    Train mode: each batch is normalised by its own statistics, and dropout drops (masks drawn from the run's seed).
    Eval mode: running statistics, no dropout. One at a time: train mode with batches of one sample and no dropout, as
    when somebody forgets to switch to eval mode.
    """

    kind = "train_and_eval"
    title = "Train against eval"
    help = "The same samples with the statistics of their batch and with the running ones: what changes at which layer."
    formula = r"d_l = \frac{\|a_l^{\mathrm{train}} - a_l^{\mathrm{eval}}\|}{\|a_l^{\mathrm{eval}}\|}"
    source = "S. Ioffe, C. Szegedy, ICML 2015; X. Li et al., Disharmony between dropout and batch norm, CVPR 2019"
    group = "Normalisation"
    Params = TrainAndEvalParams
    data_shape = DataShape.LINES
    example = {"samples": 128, "dropout": "off"}

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where some layer does something else in train mode."""
        if has_norms(plan) or has_dropout(plan):
            return None
        text = "This network has neither a norm nor dropout: both modes are the same."
        return Lack(text=text, offer="add_norm")

    @torch.no_grad()
    def analyse(self, context: AnalysisContext, params: TrainAndEvalParams) -> Frame:
        """Items: difference by layer, loss and accuracy by mode, and the variance that each norm reads."""
        all_inputs, all_targets, split = part_of(context.data, params.part)
        inputs, targets = all_inputs[: params.samples], all_targets[: params.samples]
        size = min(params.batch_size or context.assembly.spec.data.batch_size, len(inputs))
        name, seed = self.kind, context.assembly.spec.training.seed
        network = context.network
        running = {norm.name: _mean_of(getattr(norm.module, "running_var", None)) for norm in norms_of(network)}
        network.eval()
        evaluated = _run(context, inputs, targets, size, 0.0)
        network.train()
        switch_dropout(network, is_on=params.dropout == "on", seed=seed, name=name)
        trained = _run(context, inputs, targets, size, 0.2)
        switch_dropout(network, is_on=False, seed=seed, name=name)
        single = _run(context, inputs, targets, 1, 0.4)
        modes = {TRAIN: trained, EVAL: evaluated, SINGLE: single}
        items = [
            _by_layer(context.plan, trained.first, evaluated.first, params, split),
            *_results(modes, bool(context.facts.class_names), _samples(len(inputs), split)),
            *_variances(norms_of(network), trained.first, evaluated.first, running, _samples(size, split)),
        ]
        return context.frame(self, items, split=split, num_samples=len(inputs))


def _run(context: AnalysisContext, inputs: Tensor, targets: Tensor, size: int, begun: float) -> Mode:
    """The network in its present mode, in batches of ``size``; a last one of a single sample joins the one before."""
    loss, found = context.loss, Mode()
    total, right = 0.0, 0.0
    num_batches = len(inputs) // size if size > 1 else len(inputs)
    batches = list(zip(inputs.tensor_split(num_batches), targets.tensor_split(num_batches), strict=True))
    for done, (inputs_b, targets_b) in enumerate(batches):
        try:
            with context.network.recording() as recording:
                output = context.network(inputs_b)
        except BatchTooSmall:
            return found
        if done == 0:
            found.first = recording
        total += float(loss.kind.batch_value(loss.params, output, targets_b)) * num_answers(targets_b)
        right += _right(context, output, targets_b)
        context.progress(begun + (0.2 if size > 1 else 0.6) * (done + 1) / len(batches))
    found.loss, found.accuracy = total / num_answers(targets), right / num_answers(targets)
    return found


def _right(context: AnalysisContext, output: Tensor, targets: Tensor) -> float:
    if targets.is_floating_point():
        return float((output - targets).abs().mean()) * len(targets)
    return float((context.loss.kind.answers(output, targets) == targets).sum())


def _by_layer(
    plan: Plan, trained: Recording, evaluated: Recording, params: TrainAndEvalParams, split: Split
) -> LinesItem:
    nodes = [node.id for node in plan.nodes]
    size = len(trained.outputs[nodes[0]])
    dropout = f"in train mode dropout is {params.dropout}" if has_dropout(plan) else "the network has no dropout"
    differences = [_difference(trained.outputs[name], evaluated.outputs[name]) for name in nodes]
    return LinesItem(
        node="by layer",
        x_title="layer",
        y_title="‖train − eval‖ / ‖eval‖",
        x=pack(torch.arange(len(nodes))),
        x_names=nodes,
        series=[LineSeries(name="difference of the outputs", y=pack(torch.tensor(differences)))],
        mark="bars",
        note=f"One batch of {_samples(size, split)} in both modes; {dropout}.",
    )


def _samples(number: int, split: Split) -> str:
    return counted(number, "training sample" if split == "train" else f"{split} sample")


def _difference(trained: Tensor, evaluated: Tensor) -> float:
    size = float(evaluated.double().norm())
    return float((trained.double() - evaluated.double()).norm()) / size if size else nan


def _results(modes: dict[str, Mode], is_classified: bool, samples: str) -> list[LinesItem]:
    single = modes[SINGLE]
    alone = IMPOSSIBLE if isnan(single.loss) else ALONE
    second = "accuracy" if is_classified else "mean absolute error"
    values = {second: [mode.accuracy for mode in modes.values()], "loss": [mode.loss for mode in modes.values()]}
    return [
        LinesItem(
            node=name.removeprefix("mean absolute "),
            x_title="mode",
            y_title=name,
            x=pack(torch.arange(len(modes))),
            x_names=list(modes),
            series=[LineSeries(name=name, y=pack(torch.tensor(one)))],
            mark="bars",
            note=f"The same {samples} in each mode. {alone}",
        )
        for name, one in values.items()
    ]


def _variances(
    norms: list[NormAt], trained: Recording, evaluated: Recording, running: dict[str, float], samples: str
) -> list[LinesItem]:
    """What each norm reads in both modes: dropout before a norm shifts the variance that it was tuned to."""
    if not norms:
        return []
    found = {
        mode: torch.tensor([_variance(norm, recording) for norm in norms])
        for mode, recording in ((TRAIN, trained), (EVAL, evaluated))
    }
    series = [LineSeries(name=name, y=pack(values)) for name, values in found.items()]
    if not all(isnan(value) for value in running.values()):
        kept = torch.tensor([running[norm.name] for norm in norms])
        series.append(LineSeries(name="running", y=pack(kept), role="reference"))
    item = LinesItem(
        node="norm input",
        x_title="norm",
        y_title="mean variance of the channels",
        x=pack(torch.arange(len(norms))),
        x_names=[norm.name for norm in norms],
        series=series,
        mark="bars",
        note=f"One batch of {samples}. With dropout before it a norm reads a larger variance in train mode.",
    )
    return [item]


def _variance(norm: NormAt, recording: Recording) -> float:
    return float(norm.rows(norm.read(recording).double()).var(dim=1, correction=0).mean())


def _mean_of(value: Tensor | None) -> float:
    return nan if value is None else float(value.double().mean())
