"""A transformer block: self-attention and a small network, each with a norm and a skip."""

from collections.abc import Sequence
from typing import Any, Literal

import torch
from layerlab_schemas.base import Boolean, Fraction
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor, nn

from layerlab.layers.attending import TransformerModule, later_steps, padding_of
from layerlab.layers.base import Code, LayerKind, Shape, Site, Width, sources_of, written
from layerlab.layers.dividing import check_heads
from layerlab.layers.masking import DropoutModule
from layerlab.params import Params, live

_ACTIVATIONS: dict[str, type[nn.Module]] = {"relu": nn.ReLU, "gelu": nn.GELU}
#: As in the paper.
_WIDER = 4


class TransformerBlockParams(Params):
    """Fields of ``transformer_block``, named as in ``nn.TransformerEncoderLayer``."""

    num_heads: Width = Field(description="Attentions side by side; must divide the features.")
    dim_feedforward: Width | None = Field(
        default=None, description="Units of the network's hidden layer; left out, four times the features."
    )
    dropout: Fraction = live(0.1, "Probability with which a number is set to 0 while training.")
    activation: Literal["relu", "gelu"] = Field(default="relu", description="Activation of the hidden layer.")
    norm_first: Boolean = Field(
        default=False, description="Norm before attention and network (pre-norm) instead of behind the skip."
    )
    causal: Boolean = Field(default=False, description="Step t sees only steps up to t.")
    d_model: Width | None = Field(default=None, description="Features of a step; inferred, checked when stated.")


class TransformerBlock(LayerKind[TransformerBlockParams]):
    """[T, F] → the same shape."""

    kind = "transformer_block"
    title = "Transformer block"
    help = "Steps look at each other, then each goes through a small network; both are added to what came in."
    formula = (
        r"\begin{aligned} z &= \mathrm{norm}(x + \mathrm{attention}(x)) \\ "
        r"y &= \mathrm{norm}(z + W_2\, \phi(W_1 z + b_1) + b_2) \end{aligned}"
    )
    source = "A. Vaswani et al., Attention is all you need, NIPS 2017; pre-norm: R. Xiong et al., ICML 2020"
    group = "attention"
    keeps_shape = True
    reads_masks = True
    is_local = False
    has_weights = True
    dropout_places = ("attention weights", "attention", "hidden", "output")
    aliases = ("transformer_encoder_layer",)
    Params = TransformerBlockParams
    example = {
        "data": {"dataset": "parity", "params": {"length": 10, "samples": 200, "encoding": "token"}},
        "graph": [
            {"kind": "embedding", "embedding_dim": 8},
            {"kind": "positional_encoding"},
            {"kind": "transformer_block", "num_heads": 2, "norm_first": True},
            {"kind": "global_avg_pool"},
            {"kind": "linear", "out_features": 2},
        ],
    }

    def check_inputs(self, params: TransformerBlockParams, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses what is no sequence, a stated size that does not match, heads that do not divide, and one feature."""
        (shape,) = input_shapes
        problems = site.needs_sequence(shape)
        if problems:
            return problems
        problems += site.stated_size("d_model", params.d_model, shape[1], "features", "The attention")
        problems += check_heads(site, params.num_heads, shape[1])
        if shape[1] == 1:
            message = f"{site.node} has one feature to normalise, from {site.source}; what comes out would always be 0."
            hint = "Put a linear layer or an embedding of at least 2 features before it."
            mend = site.mend_before("linear", out_features=16)
            problems.append(
                site.problem(
                    "one_value", message, field="inputs", expected="at least 2 features", got=1, hint=hint, mend=mend
                )
            )
        return problems

    def build(
        self, params: TransformerBlockParams, input_shapes: Sequence[Shape], *, generator: torch.Generator
    ) -> nn.Module:
        """A ``TransformerModule`` whose dropout draws from ``generator``."""
        return TransformerModule(
            input_shapes[0][1],
            params.num_heads,
            _hidden(params, input_shapes),
            activation=_ACTIVATIONS[params.activation](),
            norm_first=params.norm_first,
            causal=params.causal,
            noise=DropoutModule(params.dropout, generator),
        )

    def code(self, params: TransformerBlockParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.TransformerEncoderLayer``."""
        module = written(
            nn.TransformerEncoderLayer,
            input_shapes[0][1],
            params.num_heads,
            _hidden(params, input_shapes),
            dropout=params.dropout,
            **({} if params.activation == "relu" else {"activation": params.activation}),
            batch_first=True,
            norm_first=params.norm_first,
        )
        call = f"transform({{self}}, {{0}}, causal={params.causal}, masks={{masks}})"
        return Code(module, call, sources_of(padding_of, later_steps, transform))

    def multiply_adds(
        self, params: TransformerBlockParams, module: Any, input_shapes: Sequence[Shape], output_shape: Shape
    ) -> int:
        """Four projections, two products for each pair of steps, and the network's two layers."""
        steps, features = input_shapes[0]
        attention = 4 * steps * features**2 + 2 * steps**2 * features
        return attention + 2 * steps * features * _hidden(params, input_shapes)

    def blocks(self, params: TransformerBlockParams, name: str, weight: Tensor) -> list[Tensor]:
        """The matrices of queries, keys and values."""
        return list(weight.chunk(3)) if name.endswith("in_proj_weight") else [weight]

    def activation_after(self, params: TransformerBlockParams, name: str) -> str:
        """Only the network's first layer has an activation behind it; GELU counts as ReLU."""
        return "relu" if name.startswith("linear1") else "linear"

    def norms_inside(self, params: TransformerBlockParams) -> bool:
        """Always two."""
        return True

    def change(self, module: Any, params: TransformerBlockParams) -> None:
        """Gives the running module another probability."""
        module.noise.p = params.dropout


def transform(layer: Any, x: Tensor, *, causal: bool, masks: Any = (None,)) -> Tensor:
    """``nn.TransformerEncoderLayer`` past the padding."""
    hidden = later_steps(x, x) if causal else None
    given: Tensor = layer(x, src_mask=hidden, src_key_padding_mask=padding_of(masks[0]))
    return given


def _hidden(params: TransformerBlockParams, input_shapes: Sequence[Shape]) -> int:
    return params.dim_feedforward or _WIDER * input_shapes[0][1]
