"""Recurrent layers step by step, by the equations of their cells: what PyTorch computes and keeps to itself.

Notation as in the documentation of ``nn.RNN``, ``nn.LSTM`` and ``nn.GRU``. Gradients go through, where they are on.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

#: What a state consists of, by the mode of the module.
STATES = {"RNN_TANH": ("hidden",), "RNN_RELU": ("hidden",), "GRU": ("hidden",), "LSTM": ("hidden", "cell")}
#: The blocks of a recurrent matrix, in PyTorch's order.
BLOCKS = {
    "RNN_TANH": ("state",),
    "RNN_RELU": ("state",),
    "GRU": ("reset gate", "update gate", "candidate"),
    "LSTM": ("input gate", "forget gate", "candidate", "output gate"),
}

State = tuple[Tensor, ...]


@dataclass(frozen=True, kw_only=True)
class Pass:
    """One layer in one direction over a sequence.

    Attributes:
        layer: 0 is the lowest.
        backwards: True where it reads from the end.
        steps: At each step, in the order of the sequence, [N, H] by name: the state behind it, and the gates. At
            padding the state is the one from before.
        final: The state behind the last real step that it read.
    """

    layer: int
    backwards: bool
    steps: list[dict[str, Tensor]]
    final: State


class Weights(NamedTuple):
    """Of one layer in one direction; a module without bias has none."""

    input: Tensor
    state: Tensor
    input_bias: Tensor | None
    state_bias: Tensor | None


def weights_of(module: nn.RNNBase, layer: int, *, backwards: bool) -> Weights:
    """By PyTorch's names, such as ``weight_hh_l0_reverse``."""
    ending = f"l{layer}" + ("_reverse" if backwards else "")
    names = (f"weight_ih_{ending}", f"weight_hh_{ending}", f"bias_ih_{ending}", f"bias_hh_{ending}")
    return Weights(*(getattr(module, name, None) for name in names))  # type: ignore[arg-type]


def directions(module: nn.RNNBase) -> tuple[bool, ...]:
    """Whether each direction reads from the end."""
    return (False, True) if module.bidirectional else (False,)


def walk(module: nn.RNNBase, x_ntf: Tensor, state_ns: Tensor | None, is_real_nt: Tensor | None) -> list[Pass]:
    """All layers and directions over sequences.

    Args:
        module: An ``nn.RNN``, ``nn.LSTM`` or ``nn.GRU``, batch first, without dropout between layers.
        x_ntf: What it reads.
        state_ns: The state to start from, as one row (h of every layer and direction, then c); None for 0.
        is_real_nt: False at padding, which is skipped; None where all is real.
    """
    if is_real_nt is not None:
        # As PyTorch has no sequence without a step, the first of one that is all padding counts.
        is_real_nt = is_real_nt.clone()
        is_real_nt[:, 0] |= ~is_real_nt.any(1)
    starts = _starts(module, x_ntf, state_ns)
    passes: list[Pass] = []
    for layer in range(module.num_layers):
        here = [
            _pass(module, layer, backwards, x_ntf, starts[len(passes) + place], is_real_nt)
            for place, backwards in enumerate(directions(module))
        ]
        x_ntf = torch.cat([hidden_of(one, is_real_nt) for one in here], dim=2)
        passes += here
    return passes


def hidden_of(one: Pass, is_real_nt: Tensor | None = None) -> Tensor:
    """[N, T, H]: h at every step, 0 at padding."""
    hidden_nth = torch.stack([step["hidden"] for step in one.steps], dim=1)
    return hidden_nth if is_real_nt is None else hidden_nth * is_real_nt[:, :, None]


def given_by(module: nn.RNNBase, passes: list[Pass], is_real_nt: Tensor | None, output: str) -> tuple[Tensor, Tensor]:
    """What the layer gives after these passes: its output, and its final state as one row."""
    parts = [torch.cat([one.final[part] for one in passes], dim=1) for part in range(len(STATES[module.mode]))]
    top = passes[-len(directions(module)) :]
    if output == "sequence":
        return torch.cat([hidden_of(one, is_real_nt) for one in top], dim=2), torch.cat(parts, dim=1)
    return torch.cat([one.final[0] for one in top], dim=1), torch.cat(parts, dim=1)


def _starts(module: nn.RNNBase, x_ntf: Tensor, state_ns: Tensor | None) -> list[State]:
    """The state to start from of each layer and direction, in PyTorch's order."""
    num_states = len(STATES[module.mode])
    count = module.num_layers * len(directions(module))
    if state_ns is None:
        state_ns = x_ntf.new_zeros(len(x_ntf), num_states * count * module.hidden_size)
    parts = state_ns.reshape(len(state_ns), num_states, count, module.hidden_size)
    return [tuple(parts[:, state, place] for state in range(num_states)) for place in range(count)]


def _pass(
    module: nn.RNNBase, layer: int, backwards: bool, x_ntf: Tensor, state: State, is_real_nt: Tensor | None
) -> Pass:
    weights = weights_of(module, layer, backwards=backwards)
    read_ntg = nn.functional.linear(x_ntf, weights.input, weights.input_bias)
    order = range(x_ntf.shape[1])
    steps: list[dict[str, Tensor]] = [{} for _ in order]
    for t in reversed(order) if backwards else order:
        kept_ng = nn.functional.linear(state[0], weights.state, weights.state_bias)
        after, gates = _cell(module.mode, read_ntg[:, t], kept_ng, state)
        if is_real_nt is not None:
            real_n1 = is_real_nt[:, t, None]
            after = tuple(torch.where(real_n1, new, old) for new, old in zip(after, state, strict=True))
        state = after
        steps[t] = dict(zip(STATES[module.mode], state, strict=True)) | gates
    return Pass(layer=layer, backwards=backwards, steps=steps, final=state)


def _cell(mode: str, read_ng: Tensor, kept_ng: Tensor, state: State) -> tuple[State, dict[str, Tensor]]:
    """One step: from what it reads and what it keeps, both already multiplied, to the next state."""
    if mode == "LSTM":
        i, f, g, o = (read_ng + kept_ng).chunk(4, dim=1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        cell_nh = f * state[1] + i * g
        gates = {"input gate": i, "forget gate": f, "candidate": g, "output gate": o}
        return (o * cell_nh.tanh(), cell_nh), gates
    if mode == "GRU":
        (read_r, read_z, read_n), (kept_r, kept_z, kept_n) = read_ng.chunk(3, dim=1), kept_ng.chunk(3, dim=1)
        r, z = (read_r + kept_r).sigmoid(), (read_z + kept_z).sigmoid()
        n = (read_n + r * kept_n).tanh()
        return ((1 - z) * n + z * state[0],), {"reset gate": r, "update gate": z, "candidate": n}
    total_nh = read_ng + kept_ng
    return (total_nh.relu() if mode == "RNN_RELU" else total_nh.tanh(),), {}
