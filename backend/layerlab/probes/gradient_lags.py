"""How far back a recurrent layer learns: the gradient of the last answer with respect to the state at each step."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, ClassVar

import torch
from layerlab_schemas.frames import DataShape, Frame, LineSeries, LinesItem
from layerlab_schemas.graph import Lack
from torch import Tensor, nn

from layerlab.errors import BatchTooSmall
from layerlab.graph.lacks import lacks_recurrent
from layerlab.graph.plan import Plan
from layerlab.losses.base import NO_ANSWER, has_steps
from layerlab.probes.base import ProbeContext, ProbeKind, pack
from layerlab.probes.cells import STATES, Pass, given_by, walk

#: Of the probe samples so many are looked at, one by one.
MOST_SAMPLES = 32
#: The band holds the middle of the samples: from this share of them to the rest of it.
EDGE = 0.1


class GradientLags(ProbeKind):
    """The norm of the gradient of each sample's last answer with respect to the state at each step before.

    In eval mode, over some of the probe samples: their mean, and the band between a tenth and nine tenths of them. The
    loss is that of the run; where there is an answer at each step, that of the last answer alone, so that what comes
    back has come all the way. Steps count back from the last one that is no padding.
    """

    kind = "gradient_lags"
    title = "Gradient through time"
    help = "How much the last answer still teaches a state k steps before: a line that falls is a gradient that dies."
    formula = r"\left\lVert \frac{\partial L_T}{\partial h_{T-k}} \right\rVert"
    source = "R. Pascanu, T. Mikolov, Y. Bengio, On the difficulty of training recurrent neural networks, ICML 2013"
    group = "Sequences"
    data_shape = DataShape.LINES
    example: ClassVar[Any] = {
        "data": {"dataset": "parity", "params": {"length": 10, "samples": 200}},
        "graph": [{"kind": "rnn", "hidden_size": 8}, {"kind": "linear", "out_features": 2}],
    }

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where there is a recurrent layer."""
        return lacks_recurrent(plan)

    def measure(self, context: ProbeContext) -> Frame | None:
        """An item for each recurrent node, its curves over the steps back from the last; None without targets."""
        network = context.network
        if not self.applies(network.plan) or context.probe_targets is None or context.loss is None:
            return None
        inputs = context.probe_inputs[:MOST_SAMPLES]
        targets = last_answers(context.probe_targets[:MOST_SAMPLES])
        was_training = network.training
        network.eval()
        try:
            watched = _watched_pass(context, inputs, targets)
        except BatchTooSmall:
            return None
        finally:
            network.train(was_training)
        items = [_item(node, network.layers[node], *seen) for node, seen in watched.items()]
        return context.frame(self, items, split=context.probe_split, mode="eval", num_samples=len(inputs))


def last_answers(targets: Tensor) -> Tensor:
    """The same targets; where there is one at each step, only the last of each sequence."""
    if not has_steps(targets):
        return targets
    step_t = torch.arange(targets.shape[1], device=targets.device)
    last_n = torch.where(targets != NO_ANSWER, step_t, -1).amax(1)
    return torch.where(step_t == last_n[:, None], targets, NO_ANSWER)


#: Of a node: its passes, the gradient for each of them by name [N, T], and what is padding.
Seen = tuple[list[Pass], list[dict[str, Tensor]], Tensor | None]


def _watched_pass(context: ProbeContext, inputs: Tensor, targets: Tensor) -> dict[str, Seen]:
    """Forward with recurrent layers walked step by step, and the gradients of the loss for each of their states."""
    network, walked = context.network, dict[str, tuple[list[Pass], Tensor | None]]()
    assert context.loss is not None
    with ExitStack() as stack, torch.enable_grad():
        for node, module in network.layers.items():
            if isinstance(module, nn.RNNBase):
                handle = module.register_forward_hook(_walker(node, walked), with_kwargs=True)
                stack.callback(handle.remove)
        output = network(inputs)
        # The mean over samples becomes their sum, so that each sample has a gradient of its own.
        total = context.loss(output, targets) * _count(targets)
        states = [(node, one, name) for node, (passes, _) in walked.items() for one in passes for name in _names(one)]
        wanted = [step[name] for _, one, name in states for step in one.steps]
        gradients = iter(torch.autograd.grad(total, wanted, allow_unused=True))
    found: dict[str, Seen] = {node: (passes, [{} for _ in passes], mask) for node, (passes, mask) in walked.items()}
    for node, one, name in states:
        passes, norms, _ = found[node]
        norms[passes.index(one)][name] = torch.stack([_norm(next(gradients), step[name]) for step in one.steps], dim=1)
    return found


def _walker(node: str, walked: dict[str, tuple[list[Pass], Tensor | None]]) -> Any:
    """A hook that puts the layer as a walk by its equations in the place of what PyTorch computed."""

    def walk_instead(module: Any, args: Any, kwargs: Any, given: Any) -> tuple[Tensor, Tensor]:
        x, *state = args
        mask = kwargs.get("masks", (None,))[0]
        passes = walk(module, x, state[0] if state else None, mask)
        walked[node] = (passes, mask)
        return given_by(module, passes, mask, module.output)

    return walk_instead


def _count(targets: Tensor) -> int:
    """Over how many answers the loss is a mean."""
    return int((targets != NO_ANSWER).sum()) if has_steps(targets) else len(targets)


def _names(one: Pass) -> Iterator[str]:
    """The parts of its state."""
    return (name for name in ("hidden", "cell") if name in one.steps[0])


def _norm(gradient: Tensor | None, state: Tensor) -> Tensor:
    """[N]; 0 where the answer does not depend on the state."""
    return state.new_zeros(len(state)) if gradient is None else torch.linalg.vector_norm(gradient.detach(), dim=1)


def _item(node: str, module: Any, passes: list[Pass], norms: list[dict[str, Tensor]], mask: Tensor | None) -> LinesItem:
    """Curves over the steps back from the last real one, in the direction of reading."""
    series = []
    for one, by_name in zip(passes, norms, strict=True):
        for name, norm_nt in by_name.items():
            lags_nk = by_lag(norm_nt, mask, backwards=one.backwards)
            series.append(
                LineSeries(
                    name=_title(module, one, name),
                    y=pack(lags_nk.nanmean(0)),
                    low=pack(lags_nk.nanquantile(EDGE, dim=0)),
                    high=pack(lags_nk.nanquantile(1 - EDGE, dim=0)),
                )
            )
    num_steps = len(passes[0].steps)
    return LinesItem(
        node=node,
        x_title="steps before the last",
        y_title="norm of the gradient",
        x=pack(torch.arange(num_steps)),
        series=series,
        log_y=True,
    )


def by_lag(norm_nt: Tensor, mask_nt: Tensor | None, *, backwards: bool) -> Tensor:
    """[N, T]: place k is k steps before the last real one that was read; NaN where there is none."""
    read_nt = norm_nt if backwards else norm_nt.flip(1)
    if mask_nt is None:
        return read_nt
    real_nt = mask_nt if backwards else mask_nt.flip(1)
    real_first_nt = (~real_nt).to(torch.uint8).argsort(dim=1, stable=True)
    sorted_nt = read_nt.take_along_dim(real_first_nt, dim=1)
    return sorted_nt.masked_fill(~real_nt.take_along_dim(real_first_nt, dim=1), torch.nan)


def _title(module: Any, one: Pass, name: str) -> str:
    layer = [f"layer {one.layer + 1}"] if module.num_layers > 1 else []
    direction = ["backwards" if one.backwards else "forwards"] if module.bidirectional else []
    state = [name] if len(STATES[module.mode]) > 1 or not (layer or direction) else []
    return ", ".join([*layer, *direction, *state])
