"""Recurrent layers: a state that is carried from step to step of a sequence."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, TypeVar

import torch
from layerlab_schemas.base import Boolean, PositiveCount
from layerlab_schemas.problems import Problem
from pydantic import Field
from torch import Tensor, nn

from layerlab.layers.base import Code, LayerKind, Shape, Site, Width, count_text, shape_text, sources_of, written
from layerlab.layers.carrying import GruModule, LstmModule, RnnModule, carry, carry_past_padding
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

    @property
    def directions(self) -> int:
        """2 where it also reads from the end."""
        return 2 if self.bidirectional else 1


class RnnParams(RecurrentParams):
    """Fields of ``rnn``."""

    nonlinearity: Literal["tanh", "relu"] = Field(default="tanh", description="Activation of the state.")


P = TypeVar("P", bound=RecurrentParams)


class Recurrent(LayerKind[P]):
    """What the three share. ``num_gates`` blocks of [H, in] are stacked in each weight matrix.

    Reads a sequence [T, F] and, where there is a second input, the state to start from. Gives the state after the last
    real step (or at every step; 0 where the sequence is padding) and, at the port ``state``, the final state of all
    layers and directions as one row, which another layer of the same kind and size can start from.
    """

    group = "recurrent"
    num_inputs = (1, 2)
    input_ports = ("sequence", "state")
    output_ports = ("state",)
    reads_masks = True
    has_weights = True
    is_recurrent = True
    is_local = False
    num_gates: ClassVar[int]
    num_states: ClassVar[int] = 1
    """Tensors in a state: an LSTM has h and c."""

    def state_size(self, params: P) -> int:
        """Numbers in the whole state: of every layer and direction."""
        return self.num_states * params.num_layers * params.directions * params.hidden_size

    def check_inputs(self, params: P, input_shapes: Sequence[Shape], site: Site) -> list[Problem]:
        """Refuses what is no sequence, a stated ``input_size`` that does not match, and a state of another size."""
        shape, *states = input_shapes
        problems = site.needs_sequence(shape)
        problems = problems or site.stated_size("input_size", params.input_size, shape[1], "features", "The state")
        if states and states[0] != (self.state_size(params),):
            problems.append(self._wrong_state(params, states[0], site))
        return problems

    def _wrong_state(self, params: P, given: Shape, site: Site) -> Problem:
        size, parts = self.state_size(params), self.state_size(params) // params.hidden_size
        message = f"{site.node} starts from a state of {count_text(size)} numbers and gets {shape_text(given)} "
        message += f"from {site.source_of(1)}."
        fits = len(given) == 1 and given[0] % parts == 0
        hint = "Let it start from the state of a layer of the same kind, hidden_size, num_layers and bidirectional."
        mend = site.mend("hidden_size", given[0] // parts) if fits else None
        field = "hidden_size" if fits else "inputs"
        return site.problem(
            "wrong_state", message, field=field, expected=size, got=shape_text(given), hint=hint, mend=mend
        )

    def output_shape(self, params: P, module: nn.Module, input_shapes: Sequence[Shape]) -> Shape:
        """[D·H] or [T, D·H]. By arithmetic: on the meta device PyTorch would walk through every step."""
        width = params.hidden_size * params.directions
        return (width,) if params.output == "last" else (input_shapes[0][0], width)

    def port_shapes(self, params: P, module: nn.Module, input_shapes: Sequence[Shape]) -> dict[str, Shape]:
        """The final state as one row."""
        return {"state": (self.state_size(params),)}

    def multiply_adds(self, params: P, module: Any, input_shapes: Sequence[Shape], output_shape: Shape) -> int:
        """At every step each gate multiplies the input and the state: T · gates · H · (in + H) for each direction."""
        steps, features = input_shapes[0]
        directions, hidden = params.directions, params.hidden_size
        first = features + hidden
        others = (params.num_layers - 1) * (directions * hidden + hidden)
        return steps * directions * self.num_gates * hidden * (first + others)

    def blocks(self, params: P, name: str, weight: Tensor) -> list[Tensor]:
        """The matrix of each gate."""
        return list(weight.chunk(self.num_gates, dim=0))

    def _fields(self, params: P) -> dict[str, Any]:
        return {
            "num_layers": params.num_layers,
            "bias": params.bias,
            "batch_first": True,
            "bidirectional": params.bidirectional,
        }

    def _code(self, module: type[nn.Module], params: P, input_shapes: Sequence[Shape], **fields: Any) -> Code:
        state = "{1}" if len(input_shapes) > 1 else "None"
        return Code(
            written(module, input_shapes[0][1], params.hidden_size, **fields, **self._fields(params)),
            f'carry({{self}}, {{0}}, {state}, output="{params.output}", masks={{masks}})',
            sources_of(carry_past_padding, carry),
        )


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
        fields = self._fields(params) | {"nonlinearity": params.nonlinearity}
        return RnnModule(input_shapes[0][1], params.hidden_size, output=params.output, **fields)

    def code(self, params: RnnParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.RNN``."""
        chosen = {} if params.nonlinearity == "tanh" else {"nonlinearity": params.nonlinearity}
        return self._code(nn.RNN, params, input_shapes, **chosen)


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
    num_states = 2

    def build(self, params: RecurrentParams, input_shapes: Sequence[Shape], *, generator: torch.Generator) -> nn.Module:
        """An ``LstmModule``."""
        return LstmModule(input_shapes[0][1], params.hidden_size, output=params.output, **self._fields(params))

    def code(self, params: RecurrentParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.LSTM``."""
        return self._code(nn.LSTM, params, input_shapes)


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
        return GruModule(input_shapes[0][1], params.hidden_size, output=params.output, **self._fields(params))

    def code(self, params: RecurrentParams, input_shapes: Sequence[Shape]) -> Code:
        """An ``nn.GRU``."""
        return self._code(nn.GRU, params, input_shapes)
