"""Attention: each step looks at all steps and takes from each as much as fits."""

from collections.abc import Sequence
from typing import Any, Literal, TypeVar

import torch
from layerlab_schemas.base import Boolean, Fraction
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import nn

from layerlab.layers.attending import (
    AdditiveAttention,
    DotAttention,
    MultiHeadModule,
    later_steps,
    padding_of,
    weigh,
)
from layerlab.layers.base import Code, LayerKind, Shape, Site, Width, count_text, sources_of, written
from layerlab.layers.dividing import check_heads
from layerlab.layers.masking import DropoutModule
from layerlab.params import Params, live

_CAUSAL = Field(default=False, description="Step t sees only steps up to t, as a model that writes text must.")


class AttentionParams(Params):
    """Fields of ``attention``."""

    score: Literal["scaled_dot_product", "additive"] = Field(
        default="scaled_dot_product",
        description="How a query and a step are compared: their dot product, or a small network with tanh.",
    )
    hidden_size: Width | None = Field(
        default=None,
        description="Size of the learned space both are compared in. Left out: additive takes that of the query, and "
        "the dot product compares them as they are.",
    )
    causal: Boolean = _CAUSAL


class MultiHeadAttentionParams(Params):
    """Fields of ``multi_head_attention``, named as in ``nn.MultiheadAttention``, and ``causal``."""

    num_heads: Width = Field(description="Attentions side by side, each in its own share of the features.")
    dropout: Fraction = live(0.0, "Probability with which a weight is set to 0 while training.")
    bias: Boolean = Field(default=True, description="Add learned numbers to queries, keys, values and the output.")
    causal: Boolean = _CAUSAL
    embed_dim: Width | None = Field(default=None, description="Features of the query; inferred, checked when stated.")


P = TypeVar("P", bound=Params)


class Attending(LayerKind[P]):
    """What both share: queries [T, F] and a memory [S, G]; with one input the queries are the memory."""

    group = "attention"
    num_inputs = (1, 2)
    input_ports = ("query", "memory")
    reads_masks = True
    is_local = False
    has_weights = True

    def check_inputs(self, params: P, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses what is no sequence."""
        return [problem for index, shape in enumerate(input_shapes) for problem in site.needs_sequence(shape, index)]

    def activation_after(self, params: P, name: str) -> str:
        """Projections are followed by products, not by an activation."""
        return "linear"


class Attention(Attending[AttentionParams]):
    """[T, F] and a memory [S, G] → [T, G]: means of the memory's steps as they are."""

    kind = "attention"
    title = "Attention"
    help = "Each step asks all steps of a memory, and gets their mean, weighted by how well they fit the question."
    formula = r"y_t = \sum_s \alpha_{ts}\, m_s, \quad \alpha_t = \mathrm{softmax}_s\, \mathrm{score}(q_t, m_s)"
    source = "D. Bahdanau, K. Cho, Y. Bengio, Neural machine translation by jointly learning to align, ICLR 2015"
    Params = AttentionParams
    example = {
        "data": {"dataset": "parity", "params": {"length": 10, "samples": 200}},
        "graph": [
            {"kind": "gru", "hidden_size": 8, "output": "sequence"},
            {"kind": "attention", "score": "additive"},
            {"kind": "global_avg_pool"},
            {"kind": "linear", "out_features": 2},
        ],
    }

    def check_inputs(self, params: AttentionParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses what is no sequence, and a dot product of different sizes."""
        problems = super().check_inputs(params, input_shapes, site)
        query, memory = input_shapes[0], input_shapes[-1]
        if problems or _hidden(params, query) or query[1] == memory[1]:
            return problems
        message = (
            f"{site.node} takes dot products of {count_text(query[1])} features from {site.source} and "
            f"{count_text(memory[1])} from {site.source_of(1)}."
        )
        hint = f"Set hidden_size, such as {query[1]}, so that both are brought to one size."
        return [
            site.problem(
                "sizes_differ", message, field="hidden_size", expected=query[1], got=memory[1], hint=hint,
                mend=site.mend("hidden_size", query[1]),
            )
        ]  # fmt: skip

    def build(self, params: AttentionParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """A ``DotAttention`` or an ``AdditiveAttention``."""
        return _single(params)(*_sizes(params, input_shapes), params.causal)

    def code(self, params: AttentionParams, input_shapes: Sequence[Shape]) -> Code:
        """The same module."""
        made = _single(params)
        memory = ", {1}" if len(input_shapes) > 1 else ""
        words = ", ".join(map(repr, _sizes(params, input_shapes)))
        return Code(
            f"{made.__name__}({words}, causal={params.causal})",
            f"{{self}}({{0}}{memory}, masks={{masks}})",
            sources_of(weigh, made),
        )

    def output_shape(self, params: AttentionParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """[T, G]."""
        return (input_shapes[0][0], input_shapes[-1][1])

    def multiply_adds(
        self, params: AttentionParams, module: Any, input_shapes: Sequence[Shape], output_shape: Shape
    ) -> int:
        """Projections, a score for each pair of steps, and the weighted sums."""
        (steps, features), (places, width) = input_shapes[0], input_shapes[-1]
        hidden = _hidden(params, input_shapes[0])
        projected = hidden * (steps * features + places * width)
        return projected + steps * places * ((hidden or features) + width)


class MultiHeadAttention(Attending[MultiHeadAttentionParams]):
    """[T, E] and a memory [S, G] → [T, E]."""

    kind = "multi_head_attention"
    title = "Multi-head attention"
    help = "Several scaled dot-product attentions side by side, each with queries, keys and values of its own."
    formula = (
        r"Y = [H_1, \dots, H_h] W_O, \quad "
        r"H_i = \mathrm{softmax}\!\left(\frac{Q_i K_i^\top}{\sqrt{d / h}}\right) V_i, \quad Q_i = X W_{Q,i}"
    )
    source = "A. Vaswani et al., Attention is all you need, NIPS 2017"
    dropout_places = ("attention weights",)
    Params = MultiHeadAttentionParams
    example = {
        "data": {"dataset": "parity", "params": {"length": 10, "samples": 200, "encoding": "token"}},
        "graph": [
            {"kind": "embedding", "embedding_dim": 8},
            {"kind": "multi_head_attention", "num_heads": 2},
            {"kind": "flatten"},
            {"kind": "linear", "out_features": 2},
        ],
    }

    def check_inputs(
        self, params: MultiHeadAttentionParams, input_shapes: Sequence[Shape], site: Site
    ) -> list[Problem]:
        """Refuses what is no sequence, a stated size that does not match, and heads that do not divide it."""
        problems = super().check_inputs(params, input_shapes, site)
        if problems:
            return problems
        features = input_shapes[0][1]
        problems += site.stated_size("embed_dim", params.embed_dim, features, "features", "The attention")
        return problems + check_heads(site, params.num_heads, features)

    def build(
        self, params: MultiHeadAttentionParams, input_shapes: Sequence[Shape], *, generator: torch.Generator
    ) -> nn.Module:
        """A ``MultiHeadModule`` whose dropout draws from ``generator``."""
        noise = DropoutModule(params.dropout, generator)
        sizes, fields = self._written(params, input_shapes)
        return MultiHeadModule(*sizes, **fields, causal=params.causal, noise=noise)

    def _written(
        self, params: MultiHeadAttentionParams, input_shapes: Sequence[Shape]
    ) -> tuple[tuple[int, int], dict[str, Any]]:
        (_, features), (_, width) = input_shapes[0], input_shapes[-1]
        other = {} if width == features else {"kdim": width, "vdim": width}
        return (features, params.num_heads), {"bias": params.bias, **other}

    def code(self, params: MultiHeadAttentionParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.MultiheadAttention``."""
        sizes, fields = self._written(params, input_shapes)
        memory = "{1}" if len(input_shapes) > 1 else "{0}"
        return Code(
            written(nn.MultiheadAttention, *sizes, dropout=params.dropout, **fields, batch_first=True),
            f"attend({{self}}, {{0}}, {memory}, causal={params.causal}, masks={{masks}})",
            sources_of(padding_of, later_steps, attend),
        )

    def output_shape(self, params: MultiHeadAttentionParams, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """[T, E]."""
        return input_shapes[0]

    def multiply_adds(
        self, params: MultiHeadAttentionParams, module: Any, input_shapes: Sequence[Shape], output_shape: Shape
    ) -> int:
        """Four projections, a product for each pair of steps, and the weighted sums."""
        (steps, features), (places, width) = input_shapes[0], input_shapes[-1]
        projected = 2 * features * (steps * features + places * width)
        return projected + 2 * steps * places * features

    def blocks(self, params: MultiHeadAttentionParams, name: str, weight: torch.Tensor) -> list[torch.Tensor]:
        """The matrices of queries, keys and values."""
        return list(weight.chunk(3)) if name.endswith("in_proj_weight") else [weight]

    def change(self, module: Any, params: MultiHeadAttentionParams) -> None:
        """Gives the running module another probability."""
        module.noise.p = params.dropout


def attend(
    layer: Any, query: torch.Tensor, memory: torch.Tensor, *, causal: bool, masks: Any = (None,)
) -> torch.Tensor:
    """``nn.MultiheadAttention`` on queries and a memory, past the padding."""
    hidden = later_steps(query, memory) if causal else None
    padding = padding_of(masks[-1])
    given: torch.Tensor = layer(query, memory, memory, key_padding_mask=padding, attn_mask=hidden, need_weights=False)[
        0
    ]
    return given


def _single(params: AttentionParams) -> type[nn.Module]:
    return AdditiveAttention if params.score == "additive" else DotAttention


def _hidden(params: AttentionParams, query: Shape) -> int:
    """Features both are compared in; 0 where they are compared as they are."""
    return params.hidden_size or (query[1] if params.score == "additive" else 0)


def _sizes(params: AttentionParams, input_shapes: Sequence[Shape]) -> tuple[int, int, int | None]:
    return input_shapes[0][1], input_shapes[-1][1], _hidden(params, input_shapes[0]) or None
