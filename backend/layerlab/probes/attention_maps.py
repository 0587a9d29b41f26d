"""Where attention looks."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from layerlab_schemas.frames import DataShape, Frame, HeatmapItem
from layerlab_schemas.graph import Lack
from torch import Tensor, nn

from layerlab.graph.lacks import lacks_sample
from layerlab.graph.plan import Plan, PlannedNode
from layerlab.probes.base import ProbeContext, ProbeKind, pack
from layerlab.probes.steps import masks_of, names_of, view_of

#: A frame has at most so many numbers; of longer sequences the first steps are told.
MOST_NUMBERS = 131_072

Masks = tuple[Tensor | None, ...]


class AttentionMaps(ProbeKind):
    """The weights of every attention for the chosen validation sample, in eval mode: a map for each head.

    A row is a step that asks, a column one that is looked at; each row sums to 1. What must not be looked at (padding,
    and later steps where the attention is causal) has no value.
    """

    kind = "attention_maps"
    title = "Attention"
    help = "Where each step looks, for one sequence: each row shares out 1 over the steps that it may look at."
    formula = r"\alpha_{ts} = \mathrm{softmax}_s\, \mathrm{score}(q_t, k_s)"
    source = "D. Bahdanau, K. Cho, Y. Bengio, Neural machine translation by jointly learning to align, ICLR 2015"
    group = "Sequences"
    data_shape = DataShape.HEATMAP
    shows_sample = True
    example: ClassVar[Any] = {
        "data": {"dataset": "parity", "params": {"length": 10, "samples": 200, "encoding": "token"}},
        "graph": [
            {"kind": "embedding", "embedding_dim": 8},
            {"kind": "multi_head_attention", "num_heads": 2},
            {"kind": "global_avg_pool"},
            {"kind": "linear", "out_features": 2},
        ],
    }

    def lacks(self, plan: Plan) -> Lack | None:
        """Only where there is attention, and a validation sample to show."""
        if not any(node.layer.group == "attention" and node.layer.reads_masks for node in plan.nodes):
            return Lack(text="This network has no attention.")
        return lacks_sample(plan)

    @torch.no_grad()
    def measure(self, context: ProbeContext) -> Frame | None:
        """A map [queries, steps of the memory] for each head; None where no node attends."""
        network = context.network
        if not self.applies(network.plan) or context.sample is None or context.shown is None:
            return None
        found = [
            (node, weights)
            for node in network.plan.nodes
            if (weights := _weights(network.layers[node.id], node, context)) is not None
        ]
        if not found:
            return None
        side = _most_steps([weights for _, weights in found])
        items = [item for node, weights in found for item in _items(node, weights, side, context)]
        view = view_of(context.sample, context.facts)
        return context.frame(self, items, split="validation", mode="eval", num_samples=1, sample=view)


def _weights(module: nn.Module, node: PlannedNode, context: ProbeContext) -> Tensor | None:
    """[heads, T, S] with NaN where nothing may be looked at; None for a node that does not attend."""
    assert context.shown is not None
    inputs = context.shown.inputs[node.id]
    masks = masks_of(context.network.plan, node.inputs, context.shown)
    attention: Any = getattr(module, "self_attn", module)
    if not hasattr(attention, "weights"):
        return None
    if attention is not module and getattr(module, "norm_first", False):
        inputs = (module.norm1(inputs[0]),)  # type: ignore[operator]
    weights: Tensor = attention.weights(*inputs, masks=masks)[0]
    weights_hts = weights if weights.dim() == 3 else weights[None]
    return weights_hts.masked_fill(_hidden(weights_hts, masks, causal=attention.causal), torch.nan)


def _hidden(weights_hts: Tensor, masks: Masks, *, causal: bool) -> Tensor:
    """[T, S]: True where the step that asks or the one that is looked at is padding, or the latter comes later."""
    hidden_ts = torch.zeros(weights_hts.shape[1:], dtype=torch.bool, device=weights_hts.device)
    if causal:
        hidden_ts |= torch.ones_like(hidden_ts).triu(1)
    if (asking := masks[0]) is not None:
        hidden_ts |= ~asking[0][:, None]
    if (looked_at := masks[-1]) is not None:
        hidden_ts |= ~looked_at[0]
    return hidden_ts


def _most_steps(weights: Sequence[Tensor]) -> int:
    """Steps of each side that are told, so that all maps together keep within the limit."""
    side = max(max(one.shape[1:]) for one in weights)
    while sum(len(one) * min(side, one.shape[1]) * min(side, one.shape[2]) for one in weights) > MOST_NUMBERS:
        side = side * 3 // 4
    return side


def _items(node: PlannedNode, weights_hts: Tensor, side: int, context: ProbeContext) -> list[HeatmapItem]:
    plan, sample = context.network.plan, context.sample
    assert sample is not None
    queries, memory = (names_of(plan, source, sample) for source in (node.inputs[0], node.inputs[-1]))
    _, num_queries, num_steps = weights_hts.shape
    return [
        HeatmapItem(
            node=node.id,
            title=f"head {head + 1}" if len(weights_hts) > 1 else "weights",
            row_title="query",
            column_title="looks at",
            row_names=queries and queries[:side],
            column_names=memory and memory[:side],
            total_rows=num_queries,
            total_columns=num_steps,
            values=pack(weights_ts[:side, :side]),
            signed=False,
            low=0.0,
            high=1.0,
            lifts_small=True,
        )
        for head, weights_ts in enumerate(weights_hts)
    ]
