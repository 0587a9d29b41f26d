"""Recurrent layers: a state that is carried from step to step of a sequence."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, TypeVar

import torch
from layerlab_schemas.base import Boolean, PositiveCount
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor, nn

from layerlab.layers.base import LayerKind, Shape, Site, Width
from layerlab.params import Params

_MOST_LAYERS = 64


class RecurrentParams(Params):
    """Fields of ``lstm`` and ``gru``, named as in ``nn.LSTM``, and ``output``."""

    hidden_size: Width = Field(description="Numbers in the state.")
    num_layers: Annotated[PositiveCount, Field(le=_MOST_LAYERS)] = Field(
        default=1, description="Recurrent layers on top of each other."
    )
    bidirectional: Boolean = Field(default=False, description="Also read from the end; both states are put together.")
    bias: Boolean = Field(default=True, description="Add learned numbers to what the gates see.")
    output: Literal["last", "sequence"] = Field(
        default="last", description="Give the state after the whole sequence, or the state at every step."
    )
    input_size: Width | None = Field(default=None, description="Features of a step; inferred, checked when stated.")


class RnnParams(RecurrentParams):
    """Fields of ``rnn``."""

    nonlinearity: Literal["tanh", "relu"] = Field(default="tanh", description="Activation of the state.")


P = TypeVar("P", bound=RecurrentParams)


def _pick(sequence_ntf: Tensor, last_lnf: Tensor, output: str, bidirectional: bool) -> Tensor:
    """What the layer gives: states at all steps, or the final one; of two directions, each one's own final state."""
    if output == "sequence":
        return sequence_ntf
    return torch.cat([last_lnf[-2], last_lnf[-1]], dim=1) if bidirectional else last_lnf[-1]


class RnnModule(nn.RNN):
    """``nn.RNN`` that gives one tensor."""

    output = "last"

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """[N, T, F] → [N, D·H], or [N, T, D·H] as a sequence, D directions."""
        sequence, last = super().forward(x)
        return _pick(sequence, last, self.output, self.bidirectional)


class LstmModule(nn.LSTM):
    """``nn.LSTM`` that gives one tensor."""

    output = "last"

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """[N, T, F] → [N, D·H], or [N, T, D·H] as a sequence, D directions."""
        sequence, (last, _) = super().forward(x)
        return _pick(sequence, last, self.output, self.bidirectional)


class GruModule(nn.GRU):
    """``nn.GRU`` that gives one tensor."""

    output = "last"

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """[N, T, F] → [N, D·H], or [N, T, D·H] as a sequence, D directions."""
        sequence, last = super().forward(x)
        return _pick(sequence, last, self.output, self.bidirectional)


class Recurrent(LayerKind[P]):
    """What the three share. ``num_gates`` blocks of [H, in] are stacked in each weight matrix."""

    group = "recurrent"
    has_weights = True
    is_recurrent = True
    num_gates: ClassVar[int]

    def check_inputs(self, params: P, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses what is no sequence, and a stated ``input_size`` that does not match."""
        (shape,) = input_shapes
        problems = site.needs_sequence(shape)
        return problems or site.stated_size("input_size", params.input_size, shape[1], "features", "The state")

    def output_shape(self, params: P, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """[D·H] or [T, D·H]. By arithmetic: on the meta device PyTorch would walk through every step."""
        width = params.hidden_size * (2 if params.bidirectional else 1)
        return (width,) if params.output == "last" else (input_shapes[0][0], width)

    def multiply_adds(self, params: P, module: Any, input_shapes: Sequence[Shape], output_shape: Shape) -> int:
        """At every step each gate multiplies the input and the state: T · gates · H · (in + H) for each direction."""
        steps, features = input_shapes[0]
        directions, hidden = 2 if params.bidirectional else 1, params.hidden_size
        first = features + hidden
        others = (params.num_layers - 1) * (directions * hidden + hidden)
        return steps * directions * self.num_gates * hidden * (first + others)

    def blocks(self, params: P, name: str, weight: Tensor) -> list[Tensor]:
        """The matrix of each gate."""
        return list(weight.chunk(self.num_gates, dim=0))

    def _configure(self, params: P, input_shapes: Sequence[Shape]) -> dict[str, Any]:
        return {
            "input_size": input_shapes[0][1],
            "hidden_size": params.hidden_size,
            "num_layers": params.num_layers,
            "bias": params.bias,
            "bidirectional": params.bidirectional,
            "batch_first": True,
        }


def _example(kind: str) -> dict[str, Any]:
    data = {"dataset": "parity", "params": {"length": 10, "samples": 200}}
    return {"data": data, "graph": [{"kind": kind, "hidden_size": 16}, {"kind": "linear", "out_features": 2}]}


class Rnn(Recurrent[RnnParams]):
    """[T, F] → [D·H], or [T, D·H] as a sequence."""

    kind = "rnn"
    title = "RNN"
    help = "Carries a state from step to step. Its gradient shrinks or grows at each, so it forgets long lags."
    formula = r"h_t = \tanh(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})"
    source = "J. Elman, Finding structure in time, Cognitive Science 14 (1990)"
    Params = RnnParams
    example = _example("rnn")
    num_gates = 1

    def build(self, params: RnnParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``RnnModule``."""
        module = RnnModule(**self._configure(params, input_shapes), nonlinearity=params.nonlinearity)
        module.output = params.output
        return module


class Lstm(Recurrent[RecurrentParams]):
    """[T, F] → [D·H], or [T, D·H] as a sequence. All biases start at 0, the forget gate's too."""

    kind = "lstm"
    title = "LSTM"
    help = "Has a cell that gates write to, keep and read, so that it can remember over long lags."
    formula = (
        r"\begin{aligned} i, f, o &= \sigma(W_{\cdot} [x_t, h_{t-1}] + b_{\cdot}), \quad "
        r"g = \tanh(W_g [x_t, h_{t-1}] + b_g) \\ "
        r"c_t &= f \odot c_{t-1} + i \odot g, \quad h_t = o \odot \tanh c_t \end{aligned}"
    )
    source = "S. Hochreiter, J. Schmidhuber, Long short-term memory, Neural Computation 9 (1997)"
    Params = RecurrentParams
    example = _example("lstm")
    num_gates = 4

    def build(self, params: RecurrentParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``LstmModule``."""
        module = LstmModule(**self._configure(params, input_shapes))
        module.output = params.output
        return module


class Gru(Recurrent[RecurrentParams]):
    """[T, F] → [D·H], or [T, D·H] as a sequence."""

    kind = "gru"
    title = "GRU"
    help = "Like an LSTM with two gates and no cell of its own: fewer weights, often as good."
    formula = (
        r"\begin{aligned} r, z &= \sigma(W_{\cdot} [x_t, h_{t-1}] + b_{\cdot}), \quad "
        r"n = \tanh(W_{in} x_t + b_{in} + r \odot (W_{hn} h_{t-1} + b_{hn})) \\ "
        r"h_t &= (1 - z) \odot n + z \odot h_{t-1} \end{aligned}"
    )
    source = "K. Cho et al., Learning phrase representations using RNN encoder-decoder, EMNLP 2014"
    Params = RecurrentParams
    example = _example("gru")
    num_gates = 3

    def build(self, params: RecurrentParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """A ``GruModule``."""
        module = GruModule(**self._configure(params, input_shapes))
        module.output = params.output
        return module
